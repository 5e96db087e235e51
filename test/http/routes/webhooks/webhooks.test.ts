import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { MAX_WEBHOOKS, newSecret } from '../../../../src/core/webhooks/model.ts'
import {
  deliveryListSchema,
  deliveryViewSchema,
  webhookListSchema,
  webhookViewSchema,
  webhookWithSecretSchema,
} from '../../../../src/http/schemas/webhooks.ts'
import { createTestApp, problemOf, uploadTo } from '../../../support/app.ts'
import { createAccessApp, createCast, ADMIN as KEY, keyOf, WRITER } from '../../../support/auth/access.ts'
import { cookieHeader, cookiesOf, openApp, post } from '../../../support/auth/sessions.ts'
import { smallPhoto } from '../../../support/pictures/pictures.ts'
import { formOf } from '../../../support/upload.ts'
import { openReceiver } from '../../../support/webhooks/receiver.ts'

const URL = 'https://receiver.example/hook'
const ALLOW = { webhookAllow: '127.0.0.1' }
const ADMIN = keyOf(KEY)

const until = (condition: () => unknown) => vi.waitFor(condition, { timeout: 60_000, interval: 20 })

const read = async <T>(answer: Response | Promise<Response>, schema: z.ZodType<T>): Promise<T> => {
  const response = await answer
  if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`)
  return schema.parse(await response.json())
}

const messageSchema = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
})

describe('webhooks', () => {
  it('are for owners of a project, and for admins of all', async () => {
    const { ask, people } = await createCast()
    const create = async (who: string, body: object) => (await ask(people[who] ?? {}, 'POST', '/webhooks', body)).status
    for (const [who, closed, all] of [
      ['anonymous', 401, 401],
      ['stranger', 404, 403],
      ['viewer', 403, 403],
      ['editor', 403, 403],
      ['writer', 403, 403],
      ['reader', 403, 403],
      ['owner', 201, 403],
      ['admin', 201, 201],
    ] as const)
      expect([who, await create(who, { url: URL, project_id: 'closed' }), await create(who, { url: URL })]).toEqual([
        who,
        closed,
        all,
      ])
  })

  it('are shown to their creators and to admins alone, never with the secret', async () => {
    const { ask, people } = await createCast()
    const body = { url: URL, project_id: 'closed', events: ['image.added'] }
    const { id, secret } = await read(ask(people.owner ?? {}, 'POST', '/webhooks', body), webhookWithSecretSchema)
    const path = `/webhooks/${id}`
    for (const who of ['owner', 'admin']) {
      const text = await (await ask(people[who] ?? {}, 'GET', path)).text()
      expect(webhookViewSchema.parse(JSON.parse(text))).toMatchObject({ id, ...body, enabled: true, off_reason: null })
      expect(text).not.toContain(secret.slice(6))
      const { webhooks } = await read(ask(people[who] ?? {}, 'GET', '/webhooks'), webhookListSchema)
      expect(webhooks.map((webhook) => webhook.id)).toEqual([id])
    }
    for (const [method, url, sent] of [
      ['GET', path],
      ['PATCH', path, { enabled: false }],
      ['DELETE', path],
      ['POST', `${path}/test`],
      ['POST', `${path}/rotate`],
      ['GET', `${path}/deliveries`],
      ['POST', `${path}/deliveries/1/redeliver`],
    ] as const) {
      for (const who of ['editor', 'stranger', 'writer'])
        expect([method, who, (await ask(people[who] ?? {}, method, url, sent)).status]).toEqual([method, who, 404])
      expect([method, (await ask({}, method, url, sent)).status]).toEqual([method, 401])
    }
    expect(await read(ask(people.stranger ?? {}, 'GET', '/webhooks'), webhookListSchema)).toEqual({
      webhooks: [],
      next: null,
    })
    expect((await ask({}, 'GET', '/webhooks')).status).toBe(401)
  })

  it('are at most 20 of one principal, however many are created at once', async () => {
    const { ask } = await createAccessApp()
    const create = async () => (await ask(ADMIN, 'POST', '/webhooks', { url: URL })).status
    for (let n = 0; n < MAX_WEBHOOKS - 1; n++) expect(await create()).toBe(201)
    const statuses = await Promise.all([create(), create(), create()])
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(1)
    if (!statuses.includes(201)) expect(await create()).toBe(201)
    const problem = await problemOf(ask(ADMIN, 'POST', '/webhooks', { url: URL }))
    expect(problem).toMatchObject({ code: 'too_many_webhooks', max_webhooks: MAX_WEBHOOKS })
    const page = await read(ask(ADMIN, 'GET', '/webhooks?limit=15'), webhookListSchema)
    const rest = await read(ask(ADMIN, 'GET', page.next ?? ''), webhookListSchema)
    expect([page.webhooks.length, rest.webhooks.length, rest.next]).toEqual([15, MAX_WEBHOOKS - 15, null])
    expect((await ask(ADMIN, 'DELETE', `/webhooks/${page.webhooks[0]?.id}`)).status).toBe(204)
    expect(await create()).toBe(201)
  })

  it('are refused with an error that names the field', async () => {
    const { app } = await createTestApp()
    for (const [body, field] of [
      [{}, 'url'],
      [{ url: 'ftp://receiver.example' }, 'url'],
      [{ url: 'http://ada:secret@receiver.example/' }, 'url'],
      [{ url: 'http://2130706433/' }, 'url'],
      [{ url: 'http://[::ffff:10.0.0.1]/' }, 'url'],
      [{ url: URL, events: [] }, 'events'],
      [{ url: URL, events: ['image.eaten'] }, 'events.0'],
      [{ url: URL, project_id: '../x' }, 'project_id'],
      [{ url: URL, secret: 'mine' }, 'secret'],
    ] as const)
      expect(await problemOf(post(app, '/webhooks', body)), JSON.stringify(body)).toMatchObject({
        code: 'invalid_body',
        field,
      })
    const { id } = await read(post(app, '/webhooks', { url: URL }), webhookViewSchema)
    const patch = (body: object) =>
      app.request(`/webhooks/${id}`, {
        method: 'PATCH',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      })
    for (const body of [{}, { url: 'http://127.1/' }, { enabled: 1 }, { events: ['x'] }])
      expect((await problemOf(patch(body))).code, JSON.stringify(body)).toBe('invalid_body')
    expect((await problemOf(app.request('/webhooks?state=on'))).code).toBe('invalid_parameter')
    expect((await problemOf(app.request('/webhooks?after=x'))).code).toBe('invalid_parameter')
  })

  it('need the CSRF token from a browser with a session', async () => {
    const { app } = await openApp()
    const account = { email: 'ada@example.com', password: 'correct horse battery staple' }
    const cookies = cookiesOf(await post(app, '/auth/register', { ...account, cookie: true }))
    const body = { url: URL, project_id: 'shop' }
    expect((await problemOf(post(app, '/webhooks', body, cookieHeader(cookies)))).code).toBe('csrf')
    const withToken = { ...cookieHeader(cookies), 'X-CSRF-Token': cookies.tintype_csrf ?? '' }
    // There is no such project.
    expect((await problemOf(post(app, '/webhooks', body, withToken))).code).toBe('project_not_found')
  })

  it('on a read-only store are refused', async () => {
    const { storageDir } = await createTestApp()
    const { app } = await createTestApp({ storageDir, readOnly: true })
    expect((await problemOf(post(app, '/webhooks', { url: URL }))).code).toBe('read_only')
  })
})

describe('a receiver', () => {
  it('gets signed messages of an upload, which the library of Standard Webhooks verifies', async () => {
    const { received, url } = await openReceiver()
    const { app } = await createTestApp(ALLOW)
    await uploadTo(app, 'shop')
    const { secret } = await read(post(app, '/webhooks', { url }), webhookWithSecretSchema)
    const { image_id } = await uploadTo(app, 'shop')
    await until(() => expect(received.length).toBeGreaterThan(0))
    const [message] = received
    const payload = messageSchema.parse(
      new Webhook(secret).verify(message?.body ?? '', {
        'webhook-id': String(message?.headers['webhook-id']),
        'webhook-timestamp': String(message?.headers['webhook-timestamp']),
        'webhook-signature': String(message?.headers['webhook-signature']),
      }),
    )
    expect(payload).toMatchObject({ type: 'image.added', data: { project_id: 'shop', revision: 2, image_id } })
    expect(message?.headers['content-type']).toBe('application/json')
  })

  it('hears how a job has ended', async () => {
    const { received, url } = await openReceiver()
    const { app } = await createTestApp(ALLOW)
    await read(post(app, '/webhooks', { url, events: ['job.succeeded', 'job.failed'] }), webhookViewSchema)
    const upload = async (bytes: Uint8Array) => {
      const headers = { Prefer: 'respond-async' }
      const answer = await app.request('/projects/shop/images', { method: 'POST', headers, body: formOf(bytes) })
      expect(answer.status).toBe(202)
    }
    await upload(await smallPhoto())
    await until(() => expect(received).toHaveLength(1))
    await upload((await smallPhoto()).subarray(0, 700))
    await until(() => expect(received).toHaveLength(2))
    expect(received.map(({ body }) => messageSchema.parse(JSON.parse(body)))).toMatchObject([
      { type: 'job.succeeded', data: { project_id: 'shop', image_id: expect.any(String) } },
      { type: 'job.failed', data: { project_id: 'shop', code: 'damaged_image' } },
    ])
  })

  it('gets tests and repeated messages on request, and their deliveries are listed', async () => {
    const { received, receiver, url } = await openReceiver(500)
    const { app } = await createTestApp(ALLOW)
    const { id } = await read(post(app, '/webhooks', { url }), webhookViewSchema)
    const failed = await read(post(app, `/webhooks/${id}/test`, {}), deliveryViewSchema)
    expect(failed).toMatchObject({ kind: 'test', type: 'webhook.test', delivered: false, status: 500 })
    expect(failed.error).toContain('received 500')
    receiver.status = 200
    const path = `/webhooks/${id}/deliveries/${failed.id}/redeliver`
    const again = await read(post(app, path, {}), deliveryViewSchema)
    expect(again).toMatchObject({ kind: 'redelivery', delivered: true, status: 200, error: null })
    expect([again.message_id, again.body]).toEqual([failed.message_id, failed.body])
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([failed.message_id, failed.message_id])
    const { deliveries } = await read(app.request(`/webhooks/${id}/deliveries`), deliveryListSchema)
    expect(deliveries).toEqual([again, failed])
    expect((await problemOf(post(app, `/webhooks/${id}/deliveries/9/redeliver`, {}))).code).toBe('delivery_not_found')
    expect((await problemOf(post(app, `/webhooks/${id}/deliveries/x/redeliver`, {}))).code).toBe('invalid_parameter')
  })

  it('gets signatures of both secrets after a rotation', async () => {
    const { received, url } = await openReceiver()
    const { app } = await createTestApp(ALLOW)
    const { id, secret } = await read(post(app, '/webhooks', { url }), webhookWithSecretSchema)
    const rotated = await read(post(app, `/webhooks/${id}/rotate`, {}), webhookWithSecretSchema)
    expect(rotated.secret).not.toBe(secret)
    await app.request(`/webhooks/${id}/test`, { method: 'POST' })
    const last = received.at(-1)
    if (!last) throw new Error('expected a delivery')
    const { headers, body } = last
    for (const each of [secret, rotated.secret])
      expect(() =>
        new Webhook(each).verify(body, {
          'webhook-id': String(headers['webhook-id']),
          'webhook-timestamp': String(headers['webhook-timestamp']),
          'webhook-signature': String(headers['webhook-signature']),
        }),
      ).not.toThrow()
  })

  it('in the own network is not reached by a name', async () => {
    const { received, url } = await openReceiver()
    const { app } = await createTestApp()
    const hidden = url.replace('127.0.0.1', 'localhost')
    const { id } = await read(post(app, '/webhooks', { url: hidden }), webhookViewSchema)
    const delivery = await read(post(app, `/webhooks/${id}/test`, {}), deliveryViewSchema)
    expect(delivery).toMatchObject({ delivered: false, status: null })
    expect(delivery.error).toContain('WEBHOOK_ALLOW')
    expect(received).toEqual([])
  })

  it('of the settings gets all events, and is not changed by the API', async () => {
    const { received, url } = await openReceiver()
    const settings = { ...ALLOW, webhookUrl: url, webhookSecret: newSecret() }
    const { app, storageDir, close } = await createTestApp(settings)
    await uploadTo(app, 'shop')
    await until(() => expect(received).toHaveLength(3))
    for (const [method, path, body] of [
      ['DELETE', '/webhooks/settings'],
      ['POST', '/webhooks/settings/rotate'],
      ['PATCH', '/webhooks/settings', '{"url":"https://other.example/"}'],
    ] as const) {
      const headers = { 'Content-Type': 'application/json' }
      expect((await problemOf(app.request(path, { method, body, headers }))).code).toBe('webhook_of_settings')
    }
    const off = { method: 'PATCH', body: '{"enabled":false}', headers: { 'Content-Type': 'application/json' } }
    expect(await read(app.request('/webhooks/settings', off), webhookViewSchema)).toMatchObject({
      off_reason: 'request',
    })
    await close()
    const without = await createTestApp({ storageDir })
    expect((await without.app.request('/webhooks/settings')).status).toBe(404)
  })

  it('of a webhook that a key created gets nothing more once the key is not one of an admin', async () => {
    const { received, url } = await openReceiver()
    const { ask, storageDir, close } = await createAccessApp(ALLOW)
    await read(ask(ADMIN, 'POST', '/webhooks', { url, events: ['project.changed'] }), webhookViewSchema)
    expect((await ask(ADMIN, 'PUT', '/projects/one')).status).toBe(201)
    await until(() => expect(received).toHaveLength(1))
    await close()
    const other = 'another-admin-of-the-shop'
    const next = await createTestApp({ ...ALLOW, storageDir, lockStaleMs: 2000, apiKeys: [other, `writer:${WRITER}`] })
    expect((await next.app.request('/projects/two', { method: 'PUT', headers: keyOf(other) })).status).toBe(201)
    await until(async () => {
      const { webhooks } = await read(next.app.request('/webhooks', { headers: keyOf(other) }), webhookListSchema)
      expect(webhooks[0]).toMatchObject({ enabled: false, off_reason: 'access' })
    })
    expect(received).toHaveLength(1)
  })
})
