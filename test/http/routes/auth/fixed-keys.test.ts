// Keys of the environment: each is the same one wherever it stands in the list.

import { expect, it } from 'vitest'
import { meSchema } from '../../../../src/http/schemas/accounts.ts'
import { createLogger } from '../../../../src/telemetry/logger.ts'
import { createTestApp, problemOf } from '../../../support/app.ts'
import { keyOf } from '../../../support/auth/access.ts'
import { smallPhoto } from '../../../support/pictures/pictures.ts'
import { formOf } from '../../../support/upload.ts'

const ONE = 'one-of-all-the-shop'
const TWO = 'two-of-all-the-shop'

/** An app before and one after somebody has changed `API_KEYS`, on one folder. */
const beforeAndAfter = async (before: string[], after: string[], maxBytesPerOwner = 0) => {
  const options = { log: createLogger({ level: 'silent' }), maxBytesPerOwner }
  const first = await createTestApp({ ...options, apiKeys: before })
  const second = await createTestApp({ ...options, storageDir: first.storageDir, apiKeys: after })
  return [first.app, second.app] as const
}

type App = Awaited<ReturnType<typeof beforeAndAfter>>[0]

const idOf = async (app: App, key: string) =>
  meSchema.parse(await (await app.request('/auth/me', { headers: keyOf(key) })).json()).id

const upload = async (app: App, key: string, project: string) =>
  app.request(`/projects/${project}/images`, {
    method: 'POST',
    headers: { ...keyOf(key), 'Idempotency-Key': 'order-1' },
    body: formOf(await smallPhoto()),
  })

it('has a short unique id that is independent of its position', async () => {
  const [before, after] = await beforeAndAfter([ONE, `reader:${TWO}`], [`reader:${TWO}`, ONE])
  const [one, two] = [await idOf(before, ONE), await idOf(before, TWO)]
  expect(one).toMatch(/^env-[0-9a-f]{12}$/)
  expect(two).not.toBe(one)
  expect([await idOf(after, ONE), await idOf(after, TWO)]).toEqual([one, two])
})

it('finds its uploads again after the list has changed, and no other key does', async () => {
  const [before, after] = await beforeAndAfter([ONE, TWO], [TWO, ONE])
  expect((await upload(before, ONE, 'shop')).headers.get('idempotent-replay')).toBeNull()
  expect((await upload(after, TWO, 'shop')).headers.get('idempotent-replay')).toBeNull()
  expect((await upload(after, ONE, 'shop')).headers.get('idempotent-replay')).toBe('true')
})

it('is charged for its own uploads alone', async () => {
  const [before, after] = await beforeAndAfter([ONE, TWO], [TWO, ONE], 20_000)
  let status = 201
  for (let n = 0; status === 201; n++) status = (await upload(before, ONE, `shop-${n}`)).status
  expect(status).toBe(507)
  expect((await upload(after, TWO, 'other')).status).toBe(201)
  expect(await problemOf(upload(after, ONE, 'more'))).toMatchObject({ code: 'quota_exceeded' })
})
