// Open access, without keys and accounts: every client may change everything, but pages of other sites may not.

import { expect, it } from 'vitest'
import { createTestApp, problemOf } from '../../../support/app.ts'
import { smallPhoto } from '../../../support/pictures/pictures.ts'
import { formOf } from '../../../support/upload.ts'

const statusWith = async (headers: Record<string, string>, options = {}) => {
  const { app } = await createTestApp(options)
  const body = formOf(await smallPhoto())
  return (await app.request('/projects/demo/images', { method: 'POST', body, headers })).status
}

it('accepts uploads of programs and of same-origin pages', async () => {
  expect(await statusWith({})).toBe(201)
  expect(await statusWith({ Origin: 'http://localhost', Host: 'localhost' })).toBe(201)
  expect(await statusWith({ Origin: 'http://localhost', Host: 'localhost', 'Sec-Fetch-Site': 'same-origin' })).toBe(201)
})

it('refuses uploads of pages of other sites, unless their origin is allowed', async () => {
  const foreign = { Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site' }
  expect(await statusWith(foreign)).toBe(403)
  expect(await statusWith({ Origin: foreign.Origin })).toBe(403)
  expect(await statusWith(foreign, { allowedOrigins: foreign.Origin })).toBe(201)
  expect(await statusWith(foreign, { allowedOrigins: '*' })).toBe(201)
  const { app } = await createTestApp()
  expect(await problemOf(app.request('/projects/demo', { method: 'DELETE', headers: foreign }))).toMatchObject({
    code: 'csrf',
    detail: expect.stringContaining('ALLOWED_ORIGINS'),
  })
  const headers = { Origin: foreign.Origin }
  expect(await problemOf(app.request('/projects/demo', { method: 'DELETE', headers }))).toMatchObject({
    detail: expect.stringContaining('"Origin" is "https://elsewhere.example"'),
  })
})

it('lets pages of other sites read', async () => {
  const { app } = await createTestApp()
  expect((await app.request('/projects', { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(200)
})
