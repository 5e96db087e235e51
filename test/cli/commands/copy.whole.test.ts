// `tintype copy` of the store of a running server.

import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { runTintype, serve } from '../../support/processes/tintype.ts'

/** A server with a project of some images. */
const shop = async (images: number) => {
  const from = join(await temporaryFolder(), 'storage')
  const to = join(await temporaryFolder(), 'copy')
  const { url } = await serve(['--storage', from])
  const upload = async (side: number) => {
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(await plainJpeg(side, 30))]), 'file.jpg')
    const response = await fetch(`${url}/projects/shop/images`, { method: 'POST', body })
    return uploadSchema.parse(await response.json()).image_id
  }
  const ids: string[] = []
  for (let n = 0; n < images; n++) ids.push(await upload(40 + n))
  const remove = (id: string) => fetch(`${url}/projects/shop/images/${id}`, { method: 'DELETE' })
  const run = (...args: string[]) => runCliHere(args)
  const copy = (...flags: string[]) => run('copy', from, to, ...flags)
  return { from, to, ids, upload, remove, run, copy }
}

const projectFiles = async (storageDir: string) => {
  const folder = join(storageDir, 'projects', 'shop')
  const files = (await filesIn(folder)).filter((path) => !path.endsWith('.lock'))
  return Promise.all(files.map(async (path) => [path, await readFile(join(folder, path), 'base64')] as const))
}

describe('a copy into a folder', () => {
  it('is the same, passes the doctor, and is served', async () => {
    const { from, to, ids, upload, remove, run, copy } = await shop(3)
    // As a program: it ends by itself.
    const program = await runTintype(['copy', from, to])
    expect([await program.ended, program.stderr(), program.stdout()]).toEqual([
      ...[0, ''],
      expect.stringMatching(/^1 projects copied \(/),
    ])
    expect(await copy('--verify')).toMatchObject({ code: 0, stdout: '1 up to date (0 B).\n' })
    await remove(ids[0] ?? '')
    await upload(60)
    expect((await copy()).stdout).toMatch(/^1 projects copied \(/)
    expect(await projectFiles(to)).toEqual(await projectFiles(from))
    expect(await run('doctor', '--storage', to)).toMatchObject({ code: 0 })
    expect((await readdir(join(to, '.tmp'))).filter((name) => !name.startsWith('.'))).toEqual([])
    const { url } = await serve(['--storage', to])
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(await plainJpeg(61, 30))]), 'file.jpg')
    expect((await fetch(`${url}/projects/shop/images`, { method: 'POST', body })).status).toBe(201)
    // It has a change of its own now.
    const again = await copy()
    expect([again.code, again.stdout]).toEqual([3, expect.stringContaining('refused  shop: ')])
  })

  it('that is killed, and started again, is complete and passes the doctor', async () => {
    const { from, to, run, copy } = await shop(30)
    for (let kills = 0; kills < 3; kills++) {
      const copying = await runTintype(['copy', from, to, '--parallel', '1'])
      const before = (await filesIn(to).catch(() => [])).length
      // A fast one may have ended.
      await vi.waitFor(
        async () => expect((await filesIn(to)).length > before + 12 || copying.child.exitCode !== null).toBe(true),
        { timeout: 60_000, interval: 1 },
      )
      await copying.kill()
    }
    expect(await copy()).toMatchObject({ code: 0, stderr: '' })
    expect(await projectFiles(to)).toEqual(await projectFiles(from))
    expect(await run('doctor', '--storage', to)).toMatchObject({ code: 0, stderr: '' })
    expect(await copy('--verify')).toMatchObject({ code: 0, stdout: '1 up to date (0 B).\n' })
  })

  it('has the keys of the store, and their revocations', async () => {
    const { from, to, run } = await shop(1)
    const created = await run('key', 'create', '--name', 'me', '--role', 'admin', '--storage', from)
    const [key = ''] = /tt_[\w-]+/.exec(created.stdout) ?? []
    expect(await run('copy', from, to, '--no-accounts')).toMatchObject({ code: 0 })
    expect(await readdir(to)).not.toContain('.accounts')
    expect(await run('copy', from, to)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 records of accounts'),
    })
    expect((await stat(join(to, '.accounts'))).mode & 0o777).toBe(0o700)
    const { url } = await serve(['--storage', to])
    const see = async (headers: Record<string, string>) => (await fetch(`${url}/webhooks`, { headers })).status
    expect([await see({}), await see({ 'X-API-Key': key })]).toEqual([401, 200])
    const id = key.split('_')[1] ?? ''
    expect(await run('key', 'revoke', id, '--storage', from)).toMatchObject({ code: 0 })
    expect(await run('copy', from, to)).toMatchObject({ code: 0 })
    expect(await see({ 'X-API-Key': key })).toBe(401)
  })

  it('copies damaged files again with --verify, and says what it cannot copy', async () => {
    const { from, to, ids, copy } = await shop(2)
    await copy()
    const file = (storageDir: string, at: number) => join(storageDir, 'projects/shop/thumb', `${ids[at]}.jpg`)
    const sound = await readFile(file(to, 0))
    await writeFile(file(to, 0), Buffer.alloc(sound.length))
    expect(await copy('--verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 projects copied/) })
    expect((await readFile(file(to, 0))).equals(sound)).toBe(true)
    await rm(to, { recursive: true })
    await rm(file(from, 1))
    expect(await copy()).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(`refused  shop: thumb of image "${ids[1]}": it is missing`),
    })
  })

  it('could not be run without a store, into itself, or with a wrong URL', async () => {
    const { from, run } = await shop(1)
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'empty'))
    for (const [args, message] of [
      [[join(folder, 'empty'), join(folder, 'to')], 'it has no folder "projects"'],
      [[from, from], 'expected two places'],
      [[from, join(from, 'projects')], 'expected two places'],
      [[join(from, 'projects'), from], 'expected two places'],
      [[from, 's3://UPPER'], 'to: expected a folder, or s3://bucket/prefix'],
      [['https://example.com', folder], 'from: expected a folder, or s3://bucket/prefix'],
      [[from, folder, '--parallel', '65'], '--parallel: expected a number from 1 to 64, got "65"'],
    ] as const)
      expect(await run('copy', ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) })
    expect(await filesIn(folder)).toEqual([])
  })
})
