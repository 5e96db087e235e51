// API keys on disk: what is kept, and when a key is of no use any more.

import { writeFileSync } from 'node:fs'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createApiKeys } from '../../../src/services/auth/api-keys.ts'
import { createFileKeys } from '../../../src/stores/accounts/file-keys.ts'
import { hasKeysOrUsers } from '../../../src/stores/accounts/has-keys-or-users.ts'
import { keysContract } from '../../contracts/keys.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const NOW = Date.parse('2026-05-04T09:30:00.000Z')

keysContract('keys in a folder', async () => {
  const storageDir = await temporaryFolder()
  const another = () => createFileKeys({ storageDir })
  return { keys: another(), another }
})

/** What a server or a command has of a storage folder, each with a memory of its own. */
const apiKeysIn = (storageDir: string, now = () => NOW) => createApiKeys({ keys: createFileKeys({ storageDir }), now })

const sent = (headers: Record<string, string>) => ({ header: (name: string) => headers[name], method: 'GET' })

describe('a stored key', () => {
  it('is accepted in either header, with its role and its projects', async () => {
    const storageDir = await temporaryFolder()
    const { key, record } = await apiKeysIn(storageDir).create({ name: 'ci', role: 'writer', projects: ['shop'] })
    const { authenticate } = apiKeysIn(storageDir)
    const principal = { kind: 'key', id: record.id, role: 'writer', projects: ['shop'] }
    expect(await authenticate(sent({ 'x-api-key': key }))).toEqual(principal)
    expect(await authenticate(sent({ authorization: `Bearer ${key}` }))).toEqual(principal)
    expect(await authenticate(sent({ authorization: `bearer ${key}` }))).toEqual(principal)
    expect(await authenticate(sent({}))).toBeUndefined()
    expect(await authenticate(sent({ authorization: 'Bearer a.b.c' }))).toBeUndefined()
    expect(await authenticate(sent({ authorization: 'Basic YTpi' }))).toBeUndefined()
  })

  it('is stored without its secret, in a folder that other users cannot read', async () => {
    const storageDir = await temporaryFolder()
    const { key, record } = await apiKeysIn(storageDir).create({ name: 'ci', role: 'reader' })
    const text = await readFile(join(storageDir, '.accounts/keys', `${record.id}.json`), 'utf8')
    expect(text).not.toContain(key.split('_').slice(2).join('_'))
    expect(JSON.parse(text)).toMatchObject({ id: record.id, role: 'reader', projects: null, expires_at: null })
    expect((await stat(join(storageDir, '.accounts'))).mode & 0o077).toBe(0)
    expect(await readdir(join(storageDir, '.accounts/.tmp'))).toEqual([])
  })

  it.each([
    ['another secret', (key: string) => `${key.slice(0, -2)}${key.endsWith('AA') ? 'BB' : 'AA'}`],
    ['another id', (key: string) => key.replace(/^tt_.{12}/, 'tt_000000000000')],
    ['a part of it', (key: string) => key.slice(0, -1)],
    ['the path of another file', () => `tt_../../../../x_${'a'.repeat(43)}`],
  ])('is refused with %s', async (_, change) => {
    const apiKeys = apiKeysIn(await temporaryFolder())
    const { key } = await apiKeys.create({ name: 'ci', role: 'admin' })
    await expect(apiKeys.authenticate(sent({ 'x-api-key': change(key) }))).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })

  it('is valid up to the last millisecond before its end', async () => {
    const storageDir = await temporaryFolder()
    let now = NOW
    const apiKeys = apiKeysIn(storageDir, () => now)
    const { key } = await apiKeys.create({ name: 'ci', role: 'admin', expiresAt: new Date(NOW + 1000) })
    now = NOW + 999
    expect(await apiKeys.authenticate(sent({ 'x-api-key': key }))).toMatchObject({ role: 'admin' })
    now = NOW + 1000
    await expect(apiKeys.authenticate(sent({ 'x-api-key': key }))).rejects.toThrow('2026-05-04T09:30:01.000Z')
    // Looked up again, for an earlier request.
    const earlier = { ...sent({ 'x-api-key': key }), receivedMs: NOW + 999 }
    expect(await apiKeys.authenticate(earlier)).toMatchObject({ role: 'admin' })
  })

  it('is recalled without a wait once it was used, until it expires or another process revokes it', async () => {
    const storageDir = await temporaryFolder()
    let now = NOW
    const [server, command] = [apiKeysIn(storageDir, () => now), apiKeysIn(storageDir)]
    const { key, record } = await command.create({ name: 'ci', role: 'reader', projects: ['shop'] })
    const { key: short } = await command.create({ name: 'short', role: 'admin', expiresAt: new Date(NOW + 1000) })
    const recall = (text: string) => server.recall(sent({ 'x-api-key': text }))
    expect(recall(key)).toBe('unknown')
    for (const text of [key, short]) await server.authenticate(sent({ 'x-api-key': text }))
    const principal = { kind: 'key', id: record.id, role: 'reader', projects: ['shop'] }
    expect(recall(key)).toEqual(principal)
    expect(server.recall(sent({ authorization: `Bearer ${key}` }))).toEqual(principal)
    expect(recall(`${key.slice(0, -2)}${key.endsWith('AA') ? 'BB' : 'AA'}`)).toBe('unknown')
    expect(recall('nonsense')).toBe('unknown')
    expect(server.recall(sent({ authorization: 'Bearer nonsense' }))).toBeUndefined()
    expect(server.recall(sent({}))).toBeUndefined()
    expect(recall(short)).toMatchObject({ role: 'admin' })
    now = NOW + 1000
    expect(recall(short)).toBe('unknown')
    await command.revoke(record.id)
    expect(recall(key)).toBe('unknown')
  })

  it('is recalled by the validation of another request in one turn and millisecond alone', async () => {
    const storageDir = await temporaryFolder()
    const [server, command] = [apiKeysIn(storageDir), apiKeysIn(storageDir)]
    const { key, record } = await command.create({ name: 'ci', role: 'reader' })
    await server.authenticate(sent({ 'x-api-key': key }))
    const isKnown = (share: boolean) => server.recall({ ...sent({ 'x-api-key': key }), share }) !== 'unknown'
    await setImmediate()
    const now = vi.spyOn(performance, 'now').mockReturnValue(5000)
    onTestFinished(() => now.mockRestore())
    expect(isKnown(true)).toBe(true)
    // What another process does in this very moment.
    writeFileSync(join(storageDir, '.accounts/keys', `${record.id}.revoked.json`), '{}')
    now.mockReturnValue(5000.9)
    expect([isKnown(true), isKnown(false)]).toEqual([true, false])
    now.mockReturnValue(5001)
    expect(isKnown(true)).toBe(false)
    now.mockReturnValue(5000.9)
    await setImmediate()
    expect(isKnown(true)).toBe(false)
  })

  it('is refused once another process revokes it, or its file is gone', async () => {
    const storageDir = await temporaryFolder()
    const [server, command] = [apiKeysIn(storageDir), apiKeysIn(storageDir)]
    const first = await command.create({ name: 'first', role: 'admin' })
    const second = await command.create({ name: 'second', role: 'admin' })
    const ask = (key: string) => server.authenticate(sent({ 'x-api-key': key }))
    await ask(first.key)
    await ask(second.key)
    expect(await command.revoke(first.record.id)).toBe(true)
    await expect(ask(first.key)).rejects.toMatchObject({ code: 'unauthenticated' })
    await rm(join(storageDir, '.accounts/keys', `${second.record.id}.json`))
    await expect(ask(second.key)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(await command.revoke('000000000000')).toBe(false)
    expect(await command.revoke('../keys')).toBe(false)
  })

  it('is listed after its revocation, which can be repeated', async () => {
    const apiKeys = apiKeysIn(await temporaryFolder())
    expect(await apiKeys.list()).toEqual([])
    const { record } = await apiKeys.create({ name: 'ci', role: 'admin' })
    expect(await apiKeys.revoke(record.id)).toBe(true)
    expect(await apiKeys.revoke(record.id)).toBe(true)
    expect(await apiKeys.list()).toEqual([{ ...record, revoked_at: new Date(NOW).toISOString() }])
  })

  it('does not reopen a store when the last one is revoked', async () => {
    const storageDir = await temporaryFolder()
    expect(hasKeysOrUsers(storageDir)).toBe(false)
    const apiKeys = apiKeysIn(storageDir)
    const { record } = await apiKeys.create({ name: 'ci', role: 'admin' })
    await apiKeys.revoke(record.id)
    expect(hasKeysOrUsers(storageDir)).toBe(true)
  })

  it('is an error where it is unknown, so that a store with lost accounts is not open', async () => {
    const storageDir = await temporaryFolder()
    await writeFile(join(storageDir, '.accounts'), 'a file in the place of the folder')
    expect(() => hasKeysOrUsers(storageDir)).toThrow(expect.objectContaining({ code: 'store_unavailable' }))
  })

  it('that was damaged by hand authenticates no request', async () => {
    const storageDir = await temporaryFolder()
    const apiKeys = apiKeysIn(storageDir)
    const { key, record } = await apiKeys.create({ name: 'ci', role: 'reader' })
    await writeFile(join(storageDir, '.accounts/keys', `${record.id}.json`), '{"id": "')
    await expect(apiKeys.authenticate(sent({ 'x-api-key': key }))).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
