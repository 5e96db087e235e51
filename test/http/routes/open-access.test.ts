// A server without keys or accounts: everybody may do everything, but no page of another site does it for them.

import { expect, it } from 'vitest'
import { createTestApp, problemOf } from '../../support/app.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { formOf } from '../../support/upload.ts'

const statusWith = async (headers: Record<string, string>, options = {}) => {
  const { app } = await createTestApp(options)
  const body = formOf(await smallPhoto())
  return (await app.request('/projects/demo/images', { method: 'POST', body, headers })).status
}

it('takes uploads of programs and of its own pages', async () => {
  expect(await statusWith({})).toBe(201)
  expect(await statusWith({ Origin: 'http://localhost', Host: 'localhost' })).toBe(201)
  expect(await statusWith({ Origin: 'http://localhost', Host: 'localhost', 'Sec-Fetch-Site': 'same-origin' })).toBe(201)
})

it('takes none of a page of another site, unless that is allowed', async () => {
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
})

it('lets pages of other sites look', async () => {
  const { app } = await createTestApp()
  expect((await app.request('/projects', { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(200)
})
