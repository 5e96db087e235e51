import { describe, expect, it, vi } from 'vitest'
import type { Sent } from '../../../src/services/webhooks/sender.ts'
import { failing } from '../../support/disk/calls.ts'
import { ADMIN, createWorld, type World } from '../../support/webhooks/deliveries.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))

const REFUSED: Sent = { status: 500, error: null }
const ACCEPTED: Sent = { status: 204, error: null }
const POLL_MS = 1000
const DAY_MS = 86_400_000

const until = (condition: () => unknown) => vi.waitFor(condition, { timeout: 60_000, interval: 5 })

/** Waits for a number of messages that were sent. */
const sent = ({ sent }: World, count: number) => until(() => expect(sent.length).toBeGreaterThanOrEqual(count))
const accepted = ({ accepted }: World, count: number) =>
  until(() => expect(accepted.length).toBeGreaterThanOrEqual(count))

const added = ({ accepted }: World) =>
  accepted.filter(({ type }) => type === 'image.added').map(({ project, revision }) => `${project} ${revision}`)

describe('deliveries', () => {
  it('are the events of commits after the webhook was made, in order per project, each once', async () => {
    const world = await createWorld()
    for (let n = 0; n < 3; n++) await world.add('old')
    const { create } = await world.start()
    await create({ events: ['image.added'] })
    for (let n = 0; n < 3; n++) {
      await world.add('old')
      await world.add('new')
    }
    world.clock.advance(600_000)
    await accepted(world, 6)
    expect(added(world).filter((each) => each.startsWith('old'))).toEqual(['old 4', 'old 5', 'old 6'])
    expect(added(world).filter((each) => each.startsWith('new'))).toEqual(['new 1', 'new 2', 'new 3'])
    expect(new Set(world.sent.map(({ id }) => id)).size).toBe(6)
    expect(world.sent).toHaveLength(6)
  })

  it('are every event of one project where the webhook names it, within its filter', async () => {
    const world = await createWorld()
    const { create, changes } = await world.start()
    await create({ project_id: 'shop' })
    await create({ project_id: 'shop', events: ['project.deleted'], url: 'https://other.example/' })
    await changes.commit('shop', { type: 'create_project' })
    await world.add('elsewhere')
    await changes.commit('shop', { type: 'edit', title: 'A title' })
    await changes.commit('shop', { type: 'delete_project' })
    await accepted(world, 4)
    const [shop, other] = ['shop', 'other'].map((host) => world.accepted.filter(({ url }) => url.includes(`/${host}.`)))
    expect(shop?.map(({ type, revision }) => [type, revision])).toEqual([
      ['project.changed', 1],
      ['project.changed', 2],
      ['project.deleted', 3],
    ])
    expect(other?.map(({ type }) => type)).toEqual(['project.deleted'])
  })

  it('are the ends of jobs since then too, in order, of the project of the webhook alone', async () => {
    const world = await createWorld()
    world.finish({ project_id: 'shop', state: 'succeeded' })
    const { create, store } = await world.start()
    await create({ events: ['job.succeeded', 'job.failed'] })
    await create({ project_id: 'shop', url: 'https://other.example/', events: ['job.failed'] })
    for (const [project_id, state] of [
      ['shop', 'succeeded'],
      ['else', 'failed'],
      ['shop', 'cancelled'],
      ['shop', 'failed'],
    ] as const)
      world.finish({ project_id, state })
    world.clock.advance(POLL_MS)
    await accepted(world, 4)
    const [all, own] = ['shop', 'other'].map((host) =>
      world.accepted.filter(({ url }) => url.includes(`/${host}.`)).map(({ type, project }) => `${project} ${type}`),
    )
    expect(all).toEqual(['shop job.succeeded', 'else job.failed', 'shop job.failed'])
    expect(own).toEqual(['shop job.failed'])
    world.finish({ project_id: 'shop', state: 'failed' })
    world.clock.advance(POLL_MS)
    await accepted(world, 6)
    expect(new Set(world.sent.map(({ id, url }) => `${url} ${id}`)).size).toBe(6)
    const [webhook] = await store.list()
    await until(async () =>
      expect(await store.cursors.read(webhook?.id ?? '', '.jobs')).toMatchObject({ revision: 6, events: 0 }),
    )
  })

  it('go on after a failure, at the times of the back-off, in order and with the same ids', async () => {
    const world = await createWorld()
    const { create, store } = await world.start()
    const { id } = await create({ events: ['image.added'], project_id: 'shop' })
    world.answer = () => REFUSED
    await world.add()
    await world.add()
    const failures = async (count: number) => until(async () => expect((await store.get(id))?.failures).toBe(count))
    await failures(1)
    for (const [index, seconds] of [5, 300, 1800].entries()) {
      // Adding an image takes a millisecond.
      world.clock.advance(seconds * 1000 - 2)
      await world.add()
      expect(world.sent).toHaveLength(index + 1)
      world.clock.advance(1)
      await failures(index + 2)
      expect(world.sent).toHaveLength(index + 2)
    }
    world.answer = () => ACCEPTED
    world.clock.advance(2 * 3_600_000)
    await accepted(world, 5)
    expect(added(world)).toEqual([1, 2, 3, 4, 5].map((revision) => `shop ${revision}`))
    expect(new Set(world.sent.slice(0, 5).map(({ id: message }) => message)).size).toBe(1)
    expect(await store.get(id)).toMatchObject({ failures: 0, failing_since: null, next_attempt_at: null })
    await until(async () => {
      const [newest] = await store.deliveries.list(id)
      expect(newest).toMatchObject({ delivered: true, status: 204, revision: 5 })
    })
    expect((await store.deliveries.list(id)).at(-1)).toMatchObject({
      delivered: false,
      status: 500,
      error: 'expected a status of 200 to 299, received 500',
      next_attempt_at: expect.any(String),
    })
  })

  it('to one endpoint go on while another one hangs', async () => {
    const world = await createWorld()
    const { create } = await world.start()
    await create({ url: 'https://hangs.example/', project_id: 'shop' })
    await create({ url: 'https://works.example/', events: ['image.added'], project_id: 'shop' })
    let release = (_: Sent): void => {}
    const hanging = new Promise<Sent>((resolve) => {
      release = resolve
    })
    world.answer = ({ url }) => (url.includes('hangs') ? hanging : ACCEPTED)
    for (let n = 0; n < 5; n++) await world.add()
    await accepted(world, 5)
    expect(world.sent.filter(({ url }) => url.includes('hangs'))).toHaveLength(1)
    release(REFUSED)
  })

  it('end where the receiver is gone, and go on where they ended once it is switched on', async () => {
    const world = await createWorld()
    const { create, store, service } = await world.start()
    const { id } = await create({ events: ['image.added'], project_id: 'shop' })
    await world.add()
    await accepted(world, 1)
    world.answer = () => ({ status: 410, error: null })
    await world.add()
    await until(async () => expect(await store.get(id)).toMatchObject({ enabled: false, off_reason: 'gone' }))
    world.answer = () => ACCEPTED
    await world.add()
    world.clock.advance(DAY_MS)
    expect(added(world)).toEqual(['shop 1'])
    await service.edit(id, { enabled: true }, ADMIN)
    await accepted(world, 3)
    expect(added(world)).toEqual(['shop 1', 'shop 2', 'shop 3'])
  })

  it('end after seven days of failures, without losing what waits', async () => {
    const world = await createWorld()
    const { create, store, service } = await world.start()
    const { id } = await create({ events: ['image.added'], project_id: 'shop' })
    world.answer = () => REFUSED
    await world.add()
    for (let attempts = 1; (await store.get(id))?.enabled; attempts++) {
      await sent(world, attempts)
      await until(async () => {
        const webhook = await store.get(id)
        expect(webhook?.enabled === false || (webhook?.failures ?? 0) >= attempts).toBe(true)
      })
      const next = (await store.get(id))?.next_attempt_at
      if (next) world.clock.advance(Date.parse(next) - world.clock.now())
    }
    expect(await store.get(id)).toMatchObject({ off_reason: 'failing' })
    world.answer = () => ACCEPTED
    await world.add()
    await service.edit(id, { enabled: true }, ADMIN)
    await accepted(world, 2)
    expect(added(world)).toEqual(['shop 1', 'shop 2'])
  })
})

describe('a process that delivers', () => {
  it('is one of all, and another one goes on where it ended', async () => {
    const world = await createWorld()
    const first = await world.start()
    await first.create({ events: ['image.added'] })
    await world.add()
    world.clock.advance(600_000)
    await accepted(world, 1)
    const second = await world.start()
    world.clock.advance(POLL_MS)
    await world.add()
    world.clock.advance(600_000)
    await accepted(world, 2)
    await first.deliverer.close()
    await world.add()
    await until(() => {
      world.clock.advance(POLL_MS)
      expect(world.accepted).toHaveLength(3)
    })
    expect(added(world)).toEqual(['shop 1', 'shop 2', 'shop 3'])
    expect(world.sent).toHaveLength(3)
    await second.deliverer.close()
  })

  it('that ends during an attempt repeats it with the same id', async () => {
    const world = await createWorld()
    const first = await world.start()
    await first.create({ events: ['image.added'] })
    // The receiver has the message, and the process ends before it hears so.
    world.answer = () => new Promise(() => {})
    await world.add()
    world.clock.advance(600_000)
    await sent(world, 1)
    await first.deliverer.close()
    world.answer = () => ACCEPTED
    await world.start()
    await until(() => {
      world.clock.advance(POLL_MS)
      expect(world.accepted).toHaveLength(1)
    })
    expect(new Set(world.sent.map(({ id }) => id)).size).toBe(1)
  })

  it('stops where another one has moved its cursor', async () => {
    const world = await createWorld()
    const { create, store } = await world.start()
    const { id } = await create({ events: ['image.added'] })
    world.answer = async ({ revision }) => {
      if (revision === 1) await store.cursors.advance(id, 'shop', 0, { revision: 2, events: 0 })
      return ACCEPTED
    }
    await world.add()
    await world.add()
    await world.add()
    await until(() => {
      world.clock.advance(POLL_MS)
      expect(added(world)).toEqual(['shop 1', 'shop 3'])
    })
  })

  it('loses nothing and floods nobody while the disk is full', async () => {
    const world = await createWorld()
    const { create } = await world.start()
    await create({ events: ['image.added'] })
    await world.add()
    await world.add()
    const stop = failing(({ name, to }) => name === 'link' && to.includes('cursors'), 'ENOSPC')
    world.clock.advance(600_000)
    await sent(world, 1)
    for (let n = 0; n < 20; n++) {
      world.clock.advance(5000)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(world.sent).toHaveLength(1)
    stop()
    await until(() => {
      world.clock.advance(5000)
      expect(added(world)).toEqual(['shop 1', 'shop 2'])
    })
    expect(world.sent).toHaveLength(2)
  })

  it('finds what other processes changed while none delivered, also projects that it never saw', async () => {
    const world = await createWorld()
    const first = await world.start()
    const { id } = await first.create({ events: ['image.added', 'project.deleted'] })
    await first.deliverer.close()
    await world.add('one')
    await world.add('two')
    await world.store.commit('two', { type: 'delete_project' })
    const second = await world.start()
    await accepted(world, 3)
    expect(world.accepted.map(({ type, project }) => `${project} ${type}`).sort()).toEqual([
      'one image.added',
      'two image.added',
      'two project.deleted',
    ])
    expect(await second.store.cursors.projects(id)).toEqual(['one', 'two'])
  })
})

describe('the rights of a webhook', () => {
  const ADA = { kind: 'user', id: 'ada' } as const
  const BO = { kind: 'user', id: 'bo' } as const

  it('end with those of its creator, at the next delivery', async () => {
    const world = await createWorld()
    const { create, store } = await world.start()
    await world.store.commit('shop', { type: 'create_project', by: ADA })
    const { id } = await create({ project_id: 'shop' }, ADA)
    await world.add()
    await accepted(world, 2)
    world.principalOf = () => undefined
    await world.add()
    await until(async () => expect(await store.get(id)).toMatchObject({ enabled: false, off_reason: 'access' }))
    expect(world.accepted.every(({ revision }) => revision <= 2)).toBe(true)
  })

  it('end with the project, so that the next one with its id stays hidden', async () => {
    const world = await createWorld()
    const { create, store } = await world.start()
    await world.store.commit('shop', { type: 'create_project', by: ADA })
    const { id } = await create({ project_id: 'shop' }, ADA)
    world.answer = () => REFUSED
    await world.store.commit('shop', { type: 'delete_project', by: ADA })
    await sent(world, 1)
    await world.store.commit('shop', { type: 'create_project', by: BO, visibility: 'private' })
    world.answer = () => ACCEPTED
    world.clock.advance(DAY_MS)
    await until(async () => expect(await store.get(id)).toMatchObject({ enabled: false, off_reason: 'access' }))
    expect(world.accepted).toEqual([])
  })

  it('end after the event of the deletion where the id stays free', async () => {
    const world = await createWorld()
    const { create, store } = await world.start()
    await world.store.commit('shop', { type: 'create_project', by: ADA })
    const { id } = await create({ project_id: 'shop' }, ADA)
    await world.store.commit('shop', { type: 'delete_project', by: ADA })
    await until(async () =>
      expect(await store.get(id)).toMatchObject({ enabled: false, off_reason: 'project_deleted' }),
    )
    expect(world.accepted.map(({ type }) => type)).toEqual(['project.deleted'])
  })
})
