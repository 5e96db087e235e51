// `tintype key`, and a server that keys of it open and close.

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { npmTintype, serve } from '../../support/processes/tintype.ts'
import { upload } from '../../support/upload.ts'

const KEY = /^tt_[0-9a-z]{12}_[A-Za-z0-9_-]{43}\n$/

const viewSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  projects: z.array(z.string()).nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  state: z.string(),
})
const createdSchema = viewSchema.extend({ key: z.string() })
const listSchema = z.object({ keys: z.array(viewSchema) })

/** What a command that succeeds says. */
const key = async (storage: string, ...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runCliHere(['key', ...args, '--storage', storage])
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`)
  return stdout
}

describe('npm run --silent tintype, in a clone', () => {
  it('prints only the output of the command, so that a key can be piped', async () => {
    const run = npmTintype(['key', 'create', '--name', 'build server', '--storage', await temporaryFolder()])
    expect(await run.ended).toBe(0)
    expect(run.stdout()).toMatch(KEY)
  })

  it('ends with the exit code of the command', async () => {
    const run = npmTintype(['sevre'])
    expect(await run.ended).toBe(1)
    expect(run.stdout()).toBe('')
    expect(run.stderr()).toContain("unknown command 'sevre', did you mean serve?")
  })
})

describe('tintype key', () => {
  it('shows a key once, lists it without its secret, and revokes it', async () => {
    const storage = await temporaryFolder()
    const text = await key(storage, 'create', '--name', 'build server')
    expect(text).toMatch(KEY)
    const made = createdSchema.parse(
      JSON.parse(
        await key(
          storage,
          'create',
          '--name',
          'x',
          '--role',
          'reader',
          '--project',
          'a',
          '--project',
          'b',
          '--expires',
          '1h',
          '--json',
        ),
      ),
    )
    expect(made).toMatchObject({ name: 'x', role: 'reader', projects: ['a', 'b'], state: 'valid' })
    expect(Date.parse(made.expires_at ?? '') - Date.parse(made.created_at)).toBeLessThanOrEqual(3_600_000)

    const table = await key(storage, 'list')
    expect(table).toMatch(/^id +name +role +projects +created +expires +state\n/)
    expect(table).toMatch(/build server +writer +all .* never +valid\n/)
    expect(table).not.toContain(text.trim().split('_').slice(2).join('_'))

    await key(storage, 'revoke', made.id)
    // A leak shows the whole key, and no other name for it.
    await key(storage, 'revoke', text.trim())
    const { keys } = listSchema.parse(JSON.parse(await key(storage, 'list', '--json')))
    expect(keys.map(({ state }) => state)).toEqual(['revoked', 'revoked'])
  })

  it.each([
    [['create'], '--name'],
    [['create', '--name', ' '], '--name: expected 1 to 100 characters'],
    [['create', '--name', 'x'.repeat(101)], '--name: expected 1 to 100 characters'],
    [['create', '--name', 'x', '--role', 'root'], '--role: expected one of admin, writer, reader, got "root"'],
    [['create', '--name', 'x', '--project', '../x'], '--project: expected 1 to 64'],
    [['create', '--name', 'x', '--expires', 'soon'], '--expires: expected a time'],
    [['create', '--name', 'x', '--colour', 'red'], '--colour'],
    [['create', 'x', '--name', 'y'], 'too many arguments'],
    [['revoke', '000000000000'], 'there is no key "000000000000"'],
  ])('explains %j, and does nothing', async (args, message) => {
    const storage = await temporaryFolder()
    const { code, stdout, stderr } = await runCliHere(['key', ...args, '--storage', storage])
    expect(code).toBe(1)
    expect(stderr).toContain(message)
    expect(stdout).not.toMatch(/tt_/)
    expect(await key(storage, 'list')).toContain('no keys')
  })
})

describe('a running server', () => {
  it('requires a key once the first one is created, and refuses revoked ones, in each worker', async () => {
    const storage = await temporaryFolder()
    const { url } = await serve(['--storage', storage, '--workers', '2'])
    expect((await upload(url, 'shop')).status).toBe(201)

    const text = (await key(storage, 'create', '--name', 'me')).trim()
    const ask = (headers: Record<string, string>) =>
      Promise.all(
        Array.from({ length: 8 }, async () => {
          const answer = await fetch(`${url}/projects/shop`, {
            method: 'PATCH',
            // A connection of its own, so that several workers get their share.
            headers: { ...headers, Connection: 'close', 'Content-Type': 'application/json' },
            body: '{"title": "A shop"}',
          })
          await answer.arrayBuffer()
          return answer.status
        }),
      )
    expect(new Set(await ask({}))).toEqual(new Set([401]))
    expect(new Set(await ask({ 'X-API-Key': text }))).toEqual(new Set([200]))
    await key(storage, 'revoke', text)
    expect(new Set(await ask({ 'X-API-Key': text }))).toEqual(new Set([401]))
    expect((await fetch(`${url}/projects/shop/thumbnail`)).status).toBe(200)
  })
})
