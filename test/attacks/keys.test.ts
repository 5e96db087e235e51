// API keys that are guessed, cut, changed, old, or made for another project.

import { expect, it } from 'vitest'
import { createApiKeys } from '../../src/services/auth/api-keys.ts'
import { createFileKeys } from '../../src/stores/accounts/file-keys.ts'
import { KEYS } from '../support/attacks/attacked-server.ts'
import { keyHeader } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { formOf } from '../support/upload.ts'

describeAttacks('API keys', (attacked) => {
  /** As `tintype key` makes them, beside the server. */
  const apiKeys = () => createApiKeys({ keys: createFileKeys({ storageDir: attacked().target.storageDir }) })
  const statusOf = async (headers: Record<string, string>, path = '/auth/me', init: RequestInit = {}) =>
    (await attacked().target.ask(path, { ...init, headers })).status
  const upload = async (key: string, projectId: string) =>
    statusOf(keyHeader(key), `/projects/${projectId}/images`, { method: 'POST', body: formOf(await smallPhoto()) })

  it('of another project give no access', async () => {
    const { key } = await apiKeys().create({ name: 'theirs', role: 'admin', projects: ['theirs'] })
    expect(await upload(key, 'theirs')).toBe(201)
    const { open, closed } = attacked().target
    for (const path of ['', '/images', '/thumbnail', `/images/${closed}`, `/images/${closed}/game.jpg`])
      expect(await statusOf(keyHeader(key), `/projects/closed${path}`), path).toBe(404)
    for (const projectId of ['Theirs', 'theirs-too', 'closed', 'open', 'new'])
      expect([403, 404], projectId).toContain(await upload(key, projectId))
    for (const [method, path] of [
      ['DELETE', '/projects/open'],
      ['DELETE', `/projects/open/images/${open}`],
      ['PUT', `/projects/open/primary/${open}`],
      ['DELETE', '/projects/closed'],
      ['DELETE', `/projects/closed/images/${closed}`],
    ] as const)
      expect([403, 404], path).toContain(await statusOf(keyHeader(key), path, { method }))
    // An image of another project is none of this one.
    const mixed = `/projects/theirs/images/${closed}`
    expect(await statusOf(keyHeader(key), mixed)).toBe(404)
    expect(await statusOf(keyHeader(key), mixed, { method: 'DELETE' })).toBe(404)
    const { projects } = JSON.parse(
      await (await attacked().target.ask('/projects', { headers: keyHeader(key) })).text(),
    )
    expect(JSON.stringify(projects)).not.toContain('closed')
  })

  it('are valid as issued, and invalid with one character changed, removed or added', async () => {
    const { key } = await apiKeys().create({ name: 'whole', role: 'reader' })
    expect(await statusOf(keyHeader(key))).toBe(200)
    const { key: other } = await apiKeys().create({ name: 'other', role: 'admin' })
    const changed = key.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
    const mixed = key.slice(0, 16) + other.slice(16)
    const wrong = [
      changed,
      mixed,
      key.slice(0, -1),
      `${key}A`,
      key.toUpperCase(),
      key.slice(0, 16),
      'tt_',
      `${key},${key}`,
    ]
    const paths = ['tt_../../secret_', `tt_${'0'.repeat(12)}_${'A'.repeat(43)}`, `tt_${'a'.repeat(8000)}`]
    for (const text of [
      ...wrong,
      ...paths,
      `${KEYS.admin}x`,
      KEYS.admin.slice(1),
      `admin:${KEYS.admin}`,
      '__proto__',
    ]) {
      expect(await statusOf(keyHeader(text)), text).toBe(401)
      expect(await statusOf({ Authorization: `Bearer ${text}` }), text).toBe(401)
      expect(await statusOf(keyHeader(text), '/projects/closed/thumbnail'), text).toBe(401)
    }
    for (const header of [`Basic ${btoa(`admin:${KEYS.admin}`)}`, `Token ${key}`, 'Bearer', `Bearer ${key} ${key}`])
      expect(await statusOf({ Authorization: header }), header).toBe(401)
  })

  it('are not read from the URL, a form or a cookie', async () => {
    const { ask } = attacked().target
    const query = `api_key=${KEYS.admin}&access_token=${KEYS.admin}&X-API-Key=${KEYS.admin}`
    expect((await ask(`/projects/closed/images?${query}`)).status).toBe(404)
    const cookie = `X-API-Key=${KEYS.admin}; tintype_session=${KEYS.admin}`
    expect(await statusOf({ Cookie: cookie }, '/projects/closed/images')).toBe(404)
  })

  it('are refused at once after expiry or revocation', async () => {
    const keys = apiKeys()
    const { key: old } = await keys.create({ name: 'old', role: 'admin', expiresAt: new Date(Date.now() - 1000) })
    expect(await statusOf(keyHeader(old))).toBe(401)
    const { key, record } = await keys.create({ name: 'brief', role: 'admin' })
    expect(await statusOf(keyHeader(key))).toBe(200)
    expect(await keys.revoke(record.id)).toBe(true)
    expect(await statusOf(keyHeader(key))).toBe(401)
    expect(await statusOf(keyHeader(key), '/projects/closed/thumbnail')).toBe(401)
  })

  it('of readers and writers do not exceed their role', async () => {
    expect(await upload(KEYS.reader, 'open')).toBe(403)
    const body = JSON.stringify({ visibility: 'public', members: {} })
    for (const key of [KEYS.reader, KEYS.writer]) {
      const headers = { ...keyHeader(key), 'Content-Type': 'application/json' }
      expect(await statusOf(headers, '/projects/closed', { method: 'PATCH', body }), key).toBe(403)
      expect(await statusOf(keyHeader(key), '/projects/closed', { method: 'DELETE' }), key).toBe(403)
    }
  })
})
