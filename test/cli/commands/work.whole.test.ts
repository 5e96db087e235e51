import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { freePort } from '../../support/net/ports.mjs'
import { runTintype } from '../../support/processes/tintype.ts'

const working = (stdout: () => string) => vi.waitFor(() => expect(stdout()).toContain('Ctrl-C'), { timeout: 60_000 })

describe('tintype work', () => {
  it('needs a broker, and says so in one line', async () => {
    const run = await runTintype(['work'])
    expect(await run.ended).toBe(1)
    expect(run.stdout()).toBe('')
    expect(run.stderr()).toMatch(/^tintype: expected the URL of a broker in QUEUE or --queue, got nothing; [^\n]+\n$/)
  })

  it('refuses what is no URL of a broker, without repeating it', async () => {
    const run = await runTintype(['work', '--queue', 'http://user:hidden@localhost'])
    expect(await run.ended).toBe(1)
    expect(run.stderr()).toBe(
      'tintype: --queue: expected the URL of an AMQP broker, such as amqp://user:password@127.0.0.1:5672, or nothing, ' +
        'got something else\n',
    )
  })

  it('waits for a broker that is away, says what it does without its password, and ends at SIGTERM', async () => {
    const folder = await temporaryFolder()
    const port = await freePort()
    const env = { QUEUE: `amqp://user:hidden@127.0.0.1:${port}`, STORAGE_DIR: join(folder, 'storage'), ENCODERS: '1' }
    const run = await runTintype(['work'], { env })
    await working(run.stdout)
    expect(run.stdout()).toContain(`queue     127.0.0.1:${port}\n`)
    expect(run.stdout()).toContain(`files     ${join(folder, 'storage')}\n`)
    expect(run.stdout()).toContain('encoders  1\n')
    await vi.waitFor(() => expect(run.stderr()).toContain('cannot reach the broker'), { timeout: 60_000 })
    expect(await run.stop()).toBe(0)
    expect(run.stdout()).toContain('has stopped')
    expect(run.stdout() + run.stderr()).not.toContain('hidden')
  })
})
