// The errors in the OpenAPI document, compared with what is really answered.

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ErrorCode, FAILURES } from '../../../src/core/errors.ts'
import { sourcePath } from '../../../src/core/transform/render-path.ts'
import { problems } from '../../../src/http/openapi/problems.ts'
import {
  EXAMPLE_ASSET_NAME,
  EXAMPLE_BATCH_ID,
  EXAMPLE_COLLECTION,
  EXAMPLE_JOB_ID,
  EXAMPLE_OBJECT_KEY,
  EXAMPLE_PROJECT_ID,
  EXAMPLE_WEBHOOK_ID,
} from '../../../src/http/schemas/examples.ts'
import { jobSchema } from '../../../src/http/schemas/jobs.ts'
import { webhookViewSchema } from '../../../src/http/schemas/webhooks.ts'
import { signUrl, type TintypeOptions } from '../../../src/index.ts'
import { createPasswords } from '../../../src/services/auth/passwords.ts'
import { createUserAdmin } from '../../../src/services/auth/user-admin.ts'
import { type Answering, createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { createAccessApp, keyOf, READER } from '../../support/auth/access.ts'
import { ADA } from '../../support/auth/accounts.ts'
import { optionsOf, startTestProvider, type TestProvider } from '../../support/auth/provider.ts'
import { cookieHeader, cookiesOf, openApp, post } from '../../support/auth/sessions.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { openSource } from '../../support/s3/source.ts'
import { recordsOf } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const PROJECT = `/projects/${EXAMPLE_PROJECT_ID}`
const IMAGES = `${PROJECT}/images`
const UNKNOWN_IMAGE = `${IMAGES}/4f0z6k1m9q2w8e5r7t3y`
const SIGNING_KEY = 'a-key-of-the-examples'

const sent = (app: Answering, body: FormData | string, headers: Record<string, string> = {}) =>
  app.request(IMAGES, { method: 'POST', body, headers })

const sentTo = async (body: FormData | string, options?: TintypeOptions, headers?: Record<string, string>) =>
  sent((await createTestApp(options)).app, body, headers)

const asked = async (path: string, init?: RequestInit, options?: TintypeOptions) =>
  (await createTestApp(options)).app.request(path, init)

const photoAsked = async (path: (imageId: string) => string, headers: Record<string, string>) => {
  const { app } = await createTestApp()
  const { image_id } = await uploadTo(app, EXAMPLE_PROJECT_ID)
  return app.request(path(image_id), { headers })
}

const text = (content: string) => formOf(Buffer.from(content))

const twoFiles = async (): Promise<FormData> => {
  const form = formOf(await smallPhoto())
  form.append('file', new Blob(['more']), 'more.jpg')
  return form
}

const openByProvider = async () => {
  const provider = await startTestProvider({ ada: { email: ADA.email, email_verified: true }, nobody: {} })
  return { ...(await createTestApp(optionsOf(provider))), provider }
}

/** The answer to what the provider answers. */
const answeredBy = async (
  answer: (provider: TestProvider, url: string, storageDir: string) => Promise<URL>,
): Promise<Response> => {
  const { app, provider, storageDir } = await openByProvider()
  const begun = await app.request('/auth/oidc')
  const { pathname, search } = await answer(provider, begun.headers.get('location') ?? '', storageDir)
  return app.request(pathname + search, { headers: cookieHeader(cookiesOf(begun)) })
}

const RECEIVER = 'https://receiver.example/hook'

const PROVOKED: Partial<Record<ErrorCode, () => Promise<Response>>> = {
  invalid_project_id: () => asked('/projects/.hidden'),
  invalid_parameter: () => asked(`${UNKNOWN_IMAGE}?size=huge`),
  invalid_body: async () => {
    const { app } = await createTestApp()
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    const headers = { 'Content-Type': 'application/json' }
    return app.request(PROJECT, { method: 'PATCH', body: '{"title":7}', headers })
  },
  malformed_archive: async () =>
    (await createTestApp()).app.request(`${IMAGES}/bulk`, {
      method: 'POST',
      body: 'PK',
      headers: { 'Content-Type': 'application/zip' },
    }),
  malformed_multipart: () => sentTo('--x\r\n', {}, { 'Content-Type': 'multipart/form-data; boundary=x' }),
  file_missing: () => sentTo(new FormData()),
  wrong_field: () => sentTo(formOf(Buffer.from('x'), 'photo')),
  too_many_files: async () => sentTo(await twoFiles()),
  unauthenticated: async () => sent((await createAccessApp()).app, text('x')),
  forbidden: async () => sent((await createAccessApp()).app, text('x'), keyOf(READER)),
  wrong_credentials: async () => post((await openApp()).app, '/auth/login', ADA),
  registration_closed: async () => post((await createTestApp()).app, '/auth/register', ADA),
  invite_invalid: async () =>
    post((await createTestApp({ registration: 'invite' })).app, '/auth/register', { ...ADA, invite: 'none' }),
  password_reset_closed: async () => post((await openApp()).app, '/auth/forgotten-password', { email: ADA.email }),
  reset_token_invalid: async () =>
    post((await openApp()).app, '/auth/reset-password', { token: 'ttw_x', password: ADA.password }),
  oidc_not_configured: async () => (await openApp()).app.request('/auth/oidc'),
  oidc_state: async () => (await openByProvider()).app.request('/auth/oidc/callback'),
  oidc_denied: () => answeredBy((provider, url) => provider.cancel(url)),
  oidc_failed: () =>
    answeredBy(async (provider, url) => {
      const back = await provider.signIn(url, 'ada')
      back.searchParams.delete('code')
      return back
    }),
  oidc_unavailable: async () => {
    const { app, provider } = await openByProvider()
    provider.fail(true)
    return app.request('/auth/oidc')
  },
  identity_without_email: () => answeredBy((provider, url) => provider.signIn(url, 'nobody')),
  account_disabled: () =>
    answeredBy(async (provider, url, storageDir) => {
      const { store } = await recordsOf(storageDir)
      const admin = createUserAdmin({ store, passwords: createPasswords() })
      await admin.create(ADA)
      await admin.setDisabled(ADA.email, true)
      return provider.signIn(url, 'ada')
    }),
  csrf: async () => {
    const { app } = await openApp()
    const cookies = cookiesOf(await post(app, '/auth/register', { ...ADA, cookie: true }))
    return sent(app, text('x'), cookieHeader(cookies))
  },
  unexpected_host: () => asked('/projects', { headers: { Host: 'evil.example' } }, { ownHostsOnly: true }),
  client_gone: async () => {
    const { app } = await createTestApp({ presets: 'card:w=20' })
    const { image_id } = await uploadTo(app, EXAMPLE_PROJECT_ID)
    return app.request(`${IMAGES}/${image_id}/render?preset=card`, { signal: AbortSignal.abort() })
  },
  email_taken: async () => {
    const { app } = await openApp()
    await post(app, '/auth/register', ADA)
    return post(app, '/auth/register', ADA)
  },
  signature_required: () => asked(`${UNKNOWN_IMAGE}/render?w=320`, {}, { signingKeys: SIGNING_KEY }),
  signature_invalid: () => asked(`${UNKNOWN_IMAGE}/render?w=320&sig=x`, {}, { signingKeys: SIGNING_KEY }),
  signature_expired: async () => {
    const { app } = await createTestApp({ signingKeys: SIGNING_KEY })
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    const url = signUrl(`${UNKNOWN_IMAGE}/render?w=320`, {
      keys: [SIGNING_KEY],
      expiresAt: new Date(1_777_887_000_000),
    })
    return app.request(url)
  },
  route_not_found: () => asked('/pictures'),
  project_not_found: () => asked(PROJECT),
  collection_not_found: () => asked(`/collections/${EXAMPLE_COLLECTION}`),
  image_not_found: async () => {
    const { app } = await createTestApp()
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    return app.request(UNKNOWN_IMAGE)
  },
  asset_not_found: async () => {
    const { app } = await createTestApp()
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    return app.request(`/projects/${EXAMPLE_PROJECT_ID}/assets/${EXAMPLE_ASSET_NAME}.jpg`)
  },
  object_not_found: async () => {
    const { app } = await createTestApp()
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    return app.request(sourcePath(EXAMPLE_PROJECT_ID, EXAMPLE_OBJECT_KEY))
  },
  source_unavailable: async () => {
    const { app, forbid } = await openSource({ project: EXAMPLE_PROJECT_ID })
    forbid(true)
    return app.request(sourcePath(EXAMPLE_PROJECT_ID, EXAMPLE_OBJECT_KEY))
  },
  page_not_found: async () => {
    const { app } = await createTestApp()
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    return app.request(`/projects/${EXAMPLE_PROJECT_ID}/atlas/9.json`)
  },
  job_not_found: () => asked(`/jobs/${EXAMPLE_JOB_ID}`),
  batch_not_found: () => asked(`/batches/${EXAMPLE_BATCH_ID}`),
  job_without_image: async () => {
    const { app } = await createTestApp()
    const response = await sent(app, text('no picture'), { Prefer: 'respond-async' })
    const { job_id: id } = jobSchema.parse(await response.json())
    await app.request(`/jobs/${id}?wait=20`)
    return app.request(`/jobs/${id}/thumbnail`)
  },
  job_conflict: async () => {
    const { app } = await createTestApp()
    const response = await sent(app, formOf(await smallPhoto()), { Prefer: 'respond-async' })
    const { job_id: id } = jobSchema.parse(await response.json())
    await app.request(`/jobs/${id}?wait=20`)
    return app.request(`/jobs/${id}`, { method: 'DELETE' })
  },
  no_such_account: async () => {
    const { app } = await createTestApp()
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    const body = JSON.stringify({ email: 'nobody@example.com', role: 'viewer' })
    const headers = { 'Content-Type': 'application/json' }
    return app.request(`/projects/${EXAMPLE_PROJECT_ID}/members`, { method: 'PUT', headers, body })
  },
  link_not_found: () => asked('/s/x'),
  too_many_links: async () => {
    const { app } = await createTestApp()
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    const expires = new Date(Date.now() + 3_600_000).toISOString()
    for (let n = 0; n < 100; n++) await post(app, `/projects/${EXAMPLE_PROJECT_ID}/links`, { expires })
    return post(app, `/projects/${EXAMPLE_PROJECT_ID}/links`, { expires })
  },
  webhook_not_found: () => asked(`/webhooks/${EXAMPLE_WEBHOOK_ID}`),
  delivery_not_found: async () => {
    const { app } = await createTestApp()
    const { id } = webhookViewSchema.parse(await (await post(app, '/webhooks', { url: RECEIVER })).json())
    return app.request(`/webhooks/${id}/deliveries/12/redeliver`, { method: 'POST' })
  },
  too_many_webhooks: async () => {
    const { app } = await createTestApp()
    for (let n = 0; n < 20; n++) await post(app, '/webhooks', { url: RECEIVER })
    return post(app, '/webhooks', { url: RECEIVER })
  },
  webhook_of_settings: async () => {
    const webhookSecret = `whsec_${Buffer.alloc(32).toString('base64')}`
    const { app } = await createTestApp({ webhookUrl: RECEIVER, webhookSecret })
    return app.request('/webhooks/settings', { method: 'DELETE' })
  },
  no_primary_image: async () => {
    const { app } = await createTestApp()
    const { image_id } = await uploadTo(app, EXAMPLE_PROJECT_ID)
    await app.request(`${IMAGES}/${image_id}`, { method: 'DELETE' })
    return app.request(`${PROJECT}/thumbnail`)
  },
  project_exists: async () => {
    const { app } = await createTestApp()
    const put = (title: string) =>
      app.request(PROJECT, {
        method: 'PUT',
        body: JSON.stringify({ title }),
        headers: { 'Content-Type': 'application/json' },
      })
    await put('Cosmic Drift')
    return put('Drift')
  },
  precondition_failed: () => photoAsked((id) => `${IMAGES}/${id}`, { 'If-Match': '"another"' }),
  upload_too_large: () => sentTo(formOf(Buffer.alloc(2 * 2 ** 20)), { maxUploadBytes: 2 ** 20 }),
  too_many_pixels: async () => sentTo(formOf(await smallPhoto()), { maxPixels: 1000 }),
  multipart_required: () => sentTo('{}', {}, { 'Content-Type': 'application/json' }),
  not_an_image: () => sentTo(text('Dear diary')),
  unsupported_image_type: () => sentTo(text('<svg xmlns="http://www.w3.org/2000/svg"/>')),
  unsupported_image_layout: async () => {
    const jpeg = await smallPhoto()
    jpeg.writeUInt8(12, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 4)
    return sentTo(formOf(jpeg))
  },
  range_not_satisfiable: () => photoAsked((id) => `${IMAGES}/${id}`, { Range: 'bytes=20000-' }),
  empty_file: () => sentTo(text('')),
  damaged_image: async () => sentTo(formOf((await smallPhoto()).subarray(0, 700))),
  idempotency_conflict: async () => {
    const { app } = await createTestApp()
    const headers = { 'Idempotency-Key': 'order-4711' }
    await sent(app, formOf(await smallPhoto()), headers)
    return sent(app, text('another file'), headers)
  },
  rate_limited: async () => {
    const { app } = await createTestApp({ rateLimit: 1 })
    await app.request('/projects')
    return app.request('/projects')
  },
  storage_full: () => sentTo(text('x'), { minFreeBytes: 2 ** 50 }),
  quota_exceeded: async () => {
    const { app } = await createTestApp({ maxImagesPerProject: 1 })
    await uploadTo(app, EXAMPLE_PROJECT_ID)
    return sent(app, formOf(await smallPhoto()))
  },
  method_not_allowed: () => asked('/projects', { method: 'PUT' }),
}

/**
 * Those that need a failing disk, a lost connection, bytes that no `Request` holds (test/server/refusals.test.ts), a slow
 * machine or two requests at the same moment.
 */
const NOT_PROVOKED = [
  'unreadable_entry',
  'upload_aborted',
  'malformed_request',
  'request_timeout',
  'expectation_failed',
  'headers_too_large',
  'issuer_unavailable',
  'idempotency_running',
  'too_many_images',
  'image_too_slow',
  'encoder_failed',
  'internal',
  'project_damaged',
  'busy',
  'store_unavailable',
  'shutting_down',
]

/** Without what depends on the picture, the limits and the time. */
const withoutNumbers = (problem: object): unknown =>
  JSON.parse(JSON.stringify(problem), (_, value: unknown) =>
    typeof value === 'number'
      ? 0
      : typeof value === 'string'
        ? value.replaceAll(/\b(?:[0-9a-z]{20}|[0-9a-z]{24})\b/g, 'id').replaceAll(/\d+/g, '0')
        : value,
  )

const isCode = (code: string): code is ErrorCode => Object.hasOwn(FAILURES, code)

const exampleOf = (code: string): object => {
  if (!isCode(code)) throw new Error(`expected a code, got ${code}`)
  const [answer] = Object.values(problems(code))
  const { content } = z
    .object({
      content: z.record(
        z.string(),
        z.object({ examples: z.record(z.string(), z.object({ value: z.looseObject({}) })) }),
      ),
    })
    .parse(answer)
  return content['application/problem+json']?.examples[code]?.value ?? {}
}

const expectExample = async (code: string, answer: Promise<Response>): Promise<void> => {
  const { response: _, request_id: __, ...problem } = await problemOf(answer)
  expect(problem.code).toBe(code)
  expect(withoutNumbers(exampleOf(code))).toEqual(withoutNumbers(problem))
}

describe('the example of an error in the document', () => {
  it.each(Object.entries(PROVOKED))('of code %s equals the answer', (code, provoke) => expectExample(code, provoke()))

  it('of code read_only equals the answer', async () => {
    const { storageDir, close } = await createTestApp()
    await close()
    await expectExample('read_only', sentTo(text('x'), { storageDir, readOnly: true }))
  })

  it('is compared for every code that a test can provoke', () => {
    expect([...Object.keys(PROVOKED), 'read_only', ...NOT_PROVOKED].sort()).toEqual(Object.keys(FAILURES).sort())
  })
})
