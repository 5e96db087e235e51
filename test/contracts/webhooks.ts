// What every store of webhooks must do.

import { describe, expect, it, vi } from 'vitest'
import { KEPT_DELIVERIES } from '../../src/core/webhooks/model.ts'
import type { WebhookStore } from '../../src/stores/webhooks/webhook-store.ts'
import { AT, newWebhook } from '../support/webhooks/webhook.ts'

export interface WebhookStoreFixture {
  store: WebhookStore
  /** The same webhooks as another process has them. */
  another(): WebhookStore
  /** Lets the next creations of records happen and answer an error, as where responses are lost. @default 1 */
  loseAnswers(count?: number): void
}

export const newDelivery = (type = 'image.added') => ({
  message_id: 'evt_1',
  kind: 'event' as const,
  type,
  project_id: 'shop',
  revision: 3,
  at: AT,
  delivered: true,
  status: 204,
  error: null,
  duration_ms: 12,
  next_attempt_at: null,
  body: '{}',
})

const inOthers = ({ another }: WebhookStoreFixture) => Array.from({ length: 4 }, another)

export const webhooksContract = (name: string, open: () => Promise<WebhookStoreFixture>): void => {
  describe(`${name} keeps the promises of webhooks`, () => {
    it('shows a webhook in every process once it is created, and none before', async () => {
      const { store, another } = await open()
      const other = another()
      // It may be true before the first answer of a medium that has to be asked.
      await vi.waitUntil(() => !store.mayHaveAny(), 60_000)
      expect(await other.list()).toEqual([])
      const [first, second] = [newWebhook({ id: '0000000000000001' }), newWebhook({ id: '0000000000000002' })]
      expect([await store.create(second), await store.create(first)]).toEqual([true, true])
      expect(other.mayHaveAny()).toBe(true)
      expect(await other.list()).toEqual([first, second])
      expect(await other.get(first.id)).toEqual(first)
      expect(await other.create(first)).toBe(false)
      for (const id of ['unknown', '../x', '']) expect(await other.get(id)).toBeUndefined()
    })

    it('loses no change of several processes', async () => {
      const fixture = await open()
      const { id } = newWebhook()
      await fixture.store.create(newWebhook({ id }))
      const stores = inOthers(fixture)
      await Promise.all(
        stores.flatMap((store) =>
          Array.from({ length: 5 }, () =>
            store.change(id, (webhook) => ({ ...webhook, failures: webhook.failures + 1 })),
          ),
        ),
      )
      for (const store of stores) expect((await store.get(id))?.failures).toBe(20)
      expect(await fixture.store.change('0'.repeat(16), (webhook) => webhook)).toBeUndefined()
    })

    it('removes a webhook in every process, with its cursors and deliveries, for good', async () => {
      const { store, another } = await open()
      const other = another()
      const webhook = newWebhook()
      await store.create(webhook)
      await other.cursors.advance(webhook.id, 'shop', 0, { revision: 3, events: 0 })
      await other.deliveries.add(webhook.id, newDelivery())
      expect(await store.remove(webhook.id)).toBe(true)
      expect(await other.get(webhook.id)).toBeUndefined()
      expect(await other.list()).toEqual([])
      expect(await other.change(webhook.id, (found) => found)).toBeUndefined()
      expect(await other.cursors.projects(webhook.id)).toEqual([])
      expect(await other.deliveries.list(webhook.id)).toEqual([])
      expect(await other.cursors.advance(webhook.id, 'shop', 0, { revision: 4, events: 0 })).toBeUndefined()
      expect(await other.remove(webhook.id)).toBe(false)
    })

    it('is of one opinion on changes whose answers were lost', async () => {
      const { store, another, loseAnswers } = await open()
      const webhook = newWebhook()
      loseAnswers()
      expect(await store.create(webhook)).toBe(true)
      loseAnswers()
      await store.change(webhook.id, (found) => ({ ...found, failures: found.failures + 1 }))
      expect((await another().get(webhook.id))?.failures).toBe(1)
    })
  })

  describe(`${name} keeps the promises of cursors`, () => {
    it('lets one of several processes replace a cursor', async () => {
      const fixture = await open()
      const { id } = newWebhook()
      await fixture.store.create(newWebhook({ id }))
      const stores = inOthers(fixture)
      for (const number of [0, 1, 2]) {
        const answers = await Promise.all(
          stores.map(({ cursors }, index) =>
            cursors.advance(id, 'shop', number, { revision: 10 * number, events: index }),
          ),
        )
        expect(answers.filter((answer) => answer === number + 1)).toHaveLength(1)
        const winner = answers.indexOf(number + 1)
        for (const { cursors } of stores)
          expect(await cursors.read(id, 'shop')).toEqual({ number: number + 1, revision: 10 * number, events: winner })
      }
    })

    it('keeps one for each webhook and project', async () => {
      const { store } = await open()
      const [one, other] = [newWebhook(), newWebhook()]
      for (const webhook of [one, other]) await store.create(webhook)
      await store.cursors.advance(one.id, 'Shop', 0, { revision: 1, events: 0 })
      await store.cursors.advance(one.id, 'shop', 0, { revision: 2, events: 1 })
      expect(await store.cursors.read(one.id, 'Shop')).toEqual({ number: 1, revision: 1, events: 0 })
      expect(await store.cursors.read(one.id, 'shop')).toEqual({ number: 1, revision: 2, events: 1 })
      expect(await store.cursors.read(other.id, 'shop')).toBeUndefined()
      expect(await store.cursors.projects(one.id)).toEqual(['Shop', 'shop'])
    })
  })

  describe(`${name} keeps the promises of deliveries`, () => {
    it('lists the last 100 of all processes, newest first', async () => {
      const { store, another } = await open()
      const { id } = newWebhook()
      await store.create(newWebhook({ id }))
      const other = another()
      for (let n = 1; n <= KEPT_DELIVERIES + 5; n++)
        await (n % 2 ? store : other).deliveries.add(id, newDelivery(`t${n}`))
      const listed = await store.deliveries.list(id)
      expect(listed).toHaveLength(KEPT_DELIVERIES)
      expect([listed.at(0)?.type, listed.at(-1)?.type]).toEqual([`t${KEPT_DELIVERIES + 5}`, 't6'])
      expect(await other.deliveries.get(id, listed.at(0)?.id ?? 0)).toEqual(listed[0])
      expect(await other.deliveries.get(id, 1)).toBeUndefined()
    })

    it('loses none of several that are added at once', async () => {
      const fixture = await open()
      const { id } = newWebhook()
      await fixture.store.create(newWebhook({ id }))
      await Promise.all(
        inOthers(fixture).flatMap(({ deliveries }) => [1, 2].map(() => deliveries.add(id, newDelivery()))),
      )
      expect((await fixture.store.deliveries.list(id)).map((delivery) => delivery.id)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
    })
  })

  describe(`${name} keeps the promises of the lease`, () => {
    it('gives it to one process at a time', async () => {
      const { store, another } = await open()
      const leases = await Promise.all([store, another(), another()].map((each) => each.takeLease()))
      const [lease, ...more] = leases.filter((each) => each !== undefined)
      expect([lease?.isHeld(), more]).toEqual([true, []])
      expect(await another().takeLease()).toBeUndefined()
      await lease?.release()
      expect(lease?.isHeld()).toBe(false)
      const next = await another().takeLease()
      expect(next?.isHeld()).toBe(true)
      await next?.release()
    })
  })
}
