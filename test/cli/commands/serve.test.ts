// `tintype serve` from start to end.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { commandOf, processesIn } from '../../support/processes/processes.ts'
import { beginUpload, untilRefused } from '../../support/processes/slow-upload.ts'
import { npmRun, npmStart, ROOT, runTintype, serve } from '../../support/processes/tintype.ts'
import { upload } from '../../support/upload.ts'

describe('tintype serve', () => {
  it('prints its address, the storage folder and a working first command', async () => {
    const folder = await temporaryFolder()
    const service = await serve([], { cwd: folder })
    expect(service.stdout()).toContain(`files     ${join(folder, 'storage')}\n`)
    expect(service.stdout()).toContain(`docs      ${service.url}/docs\n`)
    expect(service.stdout()).toContain(`try       curl -F file=@photo.jpg ${service.url}/projects/demo/images\n`)
    const front = await fetch(service.url)
    expect([front.status, front.url, await front.text()]).toEqual([
      200,
      `${service.url}/`,
      expect.stringContaining('<title>'),
    ])
    expect((await upload(service.url, 'demo')).status).toBe(201)
    expect(await readdir(join(folder, 'storage', 'projects'))).toEqual(['demo'])
  })

  it('reads its settings from flags, then the environment, then .env in the working folder', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, '.env'), 'STORAGE_DIR=c\nHOST=::1\nMAX_UPLOAD_BYTES=1kB\nPORT=1\n')
    const service = await serve(['--storage', 'a'], { cwd: folder, env: { STORAGE_DIR: 'b', HOST: '127.0.0.1' } })
    expect(service.stdout()).toContain(`files     ${join(folder, 'a')}\n`)
    expect(service.url).toMatch(/^http:\/\/127\.0\.0\.1:/)
    expect((await upload(service.url, 'demo')).status).toBe(413)
  })

  it('fails with one line where the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => {
      taken.close()
    })
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address ? address.port : 0
    for (const workers of ['1', '2']) {
      const run = await runTintype(['serve', '--port', String(port), '--workers', workers])
      expect(await run.ended).toBe(1)
      expect(run.stdout()).toBe('')
      expect(run.stderr()).toBe(`tintype: port ${port} of 127.0.0.1 is in use; choose another by --port or PORT\n`)
    }
  })

  it('does not disturb an upload to another server of the folder, whether it can listen or not', async () => {
    const folder = await temporaryFolder()
    const first = await serve([], { cwd: folder })
    const slow = await beginUpload(first.port)
    const refused = await runTintype(['serve', '--port', String(first.port)], { cwd: folder })
    expect(await refused.ended).toBe(1)
    const second = await serve(['--read-only'], { cwd: folder })
    // Ends the connection behind the answer.
    first.child.kill('SIGTERM')
    await untilRefused(first.port)
    expect(await slow.finish()).toContain('201 Created')
    expect((await fetch(`${second.url}/projects/slow/thumbnail`)).status).toBe(200)

    // The second one takes no changes, and says so.
    expect(second.stdout()).toContain(`files     ${join(folder, 'storage')} (read-only: changes are refused)\n`)
    expect((await upload(second.url, 'slow')).status).toBe(503)
  })

  it('fails with one line where the address is not one of this machine', async () => {
    const run = await runTintype(['serve', '--port', '0', '--host', '192.0.2.1'])
    expect(await run.ended).toBe(1)
    expect(run.stderr()).toBe('tintype: 192.0.2.1 is no address of this machine; choose another by --host or HOST\n')
  })

  it('fails with one line where the storage folder cannot be written', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'a-file')
    await writeFile(file, '')
    // Permissions do not stop root, so an impossible path is used.
    for (const storage of [file, join(file, 'storage')]) {
      const run = await runTintype(['serve', '--port', '0', '--storage', storage])
      expect(await run.ended).toBe(1)
      expect(run.stdout()).toBe('')
      expect(run.stderr()).toMatch(
        /^tintype: The storage folder .*a-file.* can't be used: it, or a folder above it, is a file \((ENOTDIR|EEXIST)\)\.\n$/,
      )
    }
  })
})

describe.each(['1', '2'])('with %s worker(s), SIGTERM', (workers) => {
  it('finishes the upload under way, then exits with code 0', async () => {
    const folder = await temporaryFolder()
    const service = await serve(['--workers', workers], { cwd: folder })
    const slow = await beginUpload(service.port)
    service.child.kill('SIGTERM')
    await untilRefused(service.port)
    expect(await slow.finish()).toMatch(/HTTP\/1\.1 201 Created\r\n[\s\S]*connection: close\r\n/i)
    expect(await service.ended).toBe(0)
    expect(service.stdout()).toMatch(/uploads under way are finished first\.\n\n {2}Tintype has stopped\.\n\n$/)
    expect(await readdir(join(folder, 'storage', 'projects', 'slow', 'game'))).toHaveLength(1)
  })

  it('ends the server at once when it is repeated, without remaining processes', async () => {
    const service = await serve(['--workers', workers])
    await beginUpload(service.port)
    service.child.kill('SIGTERM')
    await untilRefused(service.port)
    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(143)
  })
})

describe('npm start', () => {
  it('says how to pass on a flag that npm took', async () => {
    const run = npmRun(['start', '--silent', '--port', '9000'])
    expect(await run.ended).toBe(1)
    expect(run.stderr()).toContain(
      'tintype: npm took --port for itself; put "--" before the flags of the server: npm start -- --port 9000\n',
    )
  })

  it('serves, and passes signals on to the server, which then shuts down gracefully', async () => {
    const storageDir = await temporaryFolder()
    const service = await npmStart(['--storage', storageDir])
    // Each upload syncs eight files and folders side by side.
    expect(environmentOf(storageDir)).toContain('UV_THREADPOOL_SIZE=16')
    const slow = await beginUpload(service.port)
    service.child.kill('SIGTERM')
    await untilRefused(service.port)
    expect(await slow.finish()).toContain('201 Created')
    expect(await service.ended).toBe(0)
  })
})

/** Environment of the server with this folder. */
const environmentOf = (storageDir: string): string[] => {
  const isServer = (pid: number) => /^\S*node src.cli.prepare.mjs start .*/.test(commandOf(pid))
  const pid = processesIn(ROOT).find((each) => isServer(each) && commandOf(each).includes(storageDir))
  return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
}
