// Uploads are authorized again after their last byte: access revoked meanwhile stores nothing.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createApiKeys } from '../../../src/services/auth/api-keys.ts'
import { createTestApp, listen, type TestApp } from '../../support/app.ts'
import { bearer, openApp, post, signedIn } from '../../support/auth/sessions.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { connectRaw, FORM_END, partHead, postHead } from '../../support/raw-client.ts'
import { everythingIn, recordsOf } from '../../support/store/here.ts'

const keysOf = async (storageDir: string) => createApiKeys(await recordsOf(storageDir))

const stagedIn = async (storageDir: string): Promise<string[]> => {
  const names = await readdir(join(storageDir, '.tmp'), { recursive: true }).catch(() => [])
  return names.filter((name) => name.endsWith('/upload'))
}

/** Status of an upload to a new project, of which all but the end is there when `change` happens. */
const uploadAround = async (
  { app, storageDir }: TestApp,
  headers: Record<string, string>,
  change: () => Promise<unknown>,
): Promise<string> => {
  const { port } = await listen(app)
  const body = Buffer.concat([
    Buffer.from(partHead({ name: 'file', filename: 'photo.jpg' })),
    await smallPhoto(),
    Buffer.from(FORM_END),
  ])
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const client = await connectRaw(port)
  await client.send(postHead('/projects/shop/images', body.length).replace('\r\n\r\n', `\r\n${lines.join('')}\r\n`))
  await client.send(body.subarray(0, 1000))
  await expect.poll(() => stagedIn(storageDir), { timeout: 60_000 }).toHaveLength(1)
  await change()
  await client.send(body.subarray(1000))
  return (await client.until('\r\n')).slice(9, 12)
}

/** Waits until a change by another process is known here. */
const untilRefused = ({ app }: TestApp, headers: Record<string, string> = {}) =>
  expect.poll(async () => (await app.request('/projects/a', { method: 'DELETE', headers })).status).toBe(401)

const expectNothingStored = async ({ storageDir }: TestApp): Promise<void> => {
  expect((await everythingIn(storageDir)).filter((path) => path.startsWith('projects/'))).toEqual([])
  expect(await stagedIn(storageDir)).toEqual([])
}

describe('an upload is answered 401 and stores nothing', () => {
  it('where its key is revoked meanwhile', async () => {
    const tintype = await createTestApp()
    const keys = await keysOf(tintype.storageDir)
    const { key, record } = await keys.create({ name: 'one', role: 'writer' })
    const headers = { 'X-API-Key': key }
    const revoke = async () => {
      await keys.revoke(record.id)
      await untilRefused(tintype, headers)
    }
    expect(await uploadAround(tintype, headers, revoke)).toBe('401')
    await expectNothingStored(tintype)
  })

  it('where its user is disabled meanwhile', async () => {
    const tintype = await openApp()
    const account = { email: 'ada@example.com', password: 'correct horse battery' }
    const { user, access_token } = await signedIn(post(tintype.app, '/auth/register', account))
    const { users } = (await recordsOf(tintype.storageDir)).store
    const disable = () => users.change(user.id, (newest) => ({ ...newest, disabled: true }))
    expect(await uploadAround(tintype, bearer(access_token), disable)).toBe('401')
    await expectNothingStored(tintype)
  })

  it('where its session is ended meanwhile', async () => {
    const tintype = await openApp()
    const account = { email: 'ada@example.com', password: 'correct horse battery' }
    const { access_token, refresh_token } = await signedIn(post(tintype.app, '/auth/register', account))
    const signOut = async () => post(tintype.app, '/auth/logout', { refresh_token })
    expect(await uploadAround(tintype, bearer(access_token), signOut)).toBe('401')
    await expectNothingStored(tintype)
  })

  it('where it was unauthenticated, and the first key is created meanwhile', async () => {
    const tintype = await createTestApp()
    const keys = await keysOf(tintype.storageDir)
    const create = async () => {
      await keys.create({ name: 'one', role: 'writer' })
      await untilRefused(tintype)
    }
    expect(await uploadAround(tintype, {}, create)).toBe('401')
    await expectNothingStored(tintype)
  })
})

it('an upload is stored where another member is removed meanwhile', async () => {
  const tintype = await createTestApp()
  const keys = await keysOf(tintype.storageDir)
  const [mine, other] = [
    await keys.create({ name: 'one', role: 'writer' }),
    await keys.create({ name: 'two', role: 'writer' }),
  ]
  expect(await uploadAround(tintype, { 'X-API-Key': mine.key }, () => keys.revoke(other.record.id))).toBe('201')
})

it('a duplicate reveals nothing to a key that was revoked meanwhile', async () => {
  const tintype = await createTestApp()
  const keys = await keysOf(tintype.storageDir)
  const { key, record } = await keys.create({ name: 'one', role: 'writer' })
  const headers = { 'X-API-Key': key, 'Idempotency-Key': 'order-1' }
  expect(await uploadAround(tintype, headers, async () => {})).toBe('201')
  const revoke = async () => {
    await keys.revoke(record.id)
    await untilRefused(tintype, headers)
  }
  expect(await uploadAround(tintype, headers, revoke)).toBe('401')
})
