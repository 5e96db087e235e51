// Deliverers on a real store, with a receiver in the test and a clock that is moved by hand.

import { onTestFinished } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import type { FinishedJob } from '../../../src/core/jobs/job.ts'
import { newImageId } from '../../../src/core/names.ts'
import type { Webhook, WebhookOwner } from '../../../src/core/webhooks/model.ts'
import { createAttempts } from '../../../src/services/webhooks/attempts.ts'
import { createDeliverer, type DelivererOptions } from '../../../src/services/webhooks/deliverer.ts'
import { createChangesAfter } from '../../../src/services/webhooks/job-changes.ts'
import { createWebhookService } from '../../../src/services/webhooks/registry.ts'
import { createRights } from '../../../src/services/webhooks/rights.ts'
import type { Sender, Sent } from '../../../src/services/webhooks/sender.ts'
import type { FinishedEntry, JobStore } from '../../../src/stores/jobs/job-store.ts'
import type { Store } from '../../../src/stores/store.ts'
import { createFileWebhookStore } from '../../../src/stores/webhooks/file-webhook-store.ts'
import { NO_OBSERVER } from '../../../src/telemetry/observer.ts'
import { newJob } from '../../contracts/jobs.ts'
import { addImage } from '../../contracts/store.ts'
import { temporaryFolder } from '../disk/folder.ts'
import { openFileStore, silent } from '../store/file-store.ts'
import { type Clock, createClock } from './clock.ts'

export const ADMIN: Principal = { kind: 'key', id: 'admin', role: 'admin' }

/** A message as a receiver got it. */
export interface Received {
  url: string
  id: string
  type: string
  project: string
  revision: number
}

export interface World {
  storageDir: string
  clock: Clock
  store: Store
  /** Messages that were accepted, in their order. */
  accepted: Received[]
  /** All messages that were sent. */
  sent: Received[]
  /** Decides on a message. @default 204 for all */
  answer: (message: Received) => Sent | Promise<Sent>
  /** Principal of the owner of a webhook. @default as it was */
  principalOf: (owner: WebhookOwner) => Principal | undefined
  /** Jobs that have finished. */
  jobs: Pick<JobStore, 'finishedAfter' | 'newestFinished' | 'onFinished'>
  /** Ends a job. */
  finish(job: Pick<FinishedJob, 'project_id' | 'state'>): void
  /** A process that shares the store. */
  start(options?: Partial<DelivererOptions>): Promise<Process>
  /** Adds an image. @returns its id */
  add(projectId?: string): Promise<string>
}

export type Process = Awaited<ReturnType<typeof startProcess>>

export const createWorld = async (): Promise<World> => {
  const storageDir = await temporaryFolder()
  const clock = createClock()
  const now = () => new Date(clock.now())
  const store = await openFileStore(storageDir, { now })
  const finished: FinishedEntry[] = []
  const world: World = {
    storageDir,
    clock,
    store,
    accepted: [],
    sent: [],
    answer: () => ({ status: 204, error: null }),
    principalOf: (owner) =>
      owner.kind === 'unrestricted'
        ? { kind: 'unrestricted' }
        : owner.kind === 'key'
          ? ADMIN
          : { kind: 'user', id: owner.id },
    jobs: {
      finishedAfter: async (cursor, limit) => finished.filter((each) => each.cursor > cursor).slice(0, limit),
      newestFinished: async () => finished.length,
      onFinished: () => () => {},
    },
    finish({ project_id, state }) {
      clock.advance(1)
      const job = { ...newJob(newImageId(), { project_id }), state, finished_at: now().toISOString() }
      finished.push({ cursor: finished.length + 1, job })
      clock.advance(1)
    },
    start: (options) => startProcess(world, options),
    async add(projectId = 'shop') {
      clock.advance(1)
      return addImage(store, projectId)
    },
  }
  return world
}

const startProcess = async (world: World, options: Partial<DelivererOptions> = {}) => {
  const { storageDir, clock } = world
  const now = () => new Date(clock.now())
  const changes = await openFileStore(storageDir, { now })
  const store = createFileWebhookStore({ storageDir, leaseStaleMs: 2000 })
  const sender: Sender = {
    refusalOf: () => undefined,
    async send(url, headers, body, signal) {
      const { type, data } = JSON.parse(body)
      const message = { url, id: headers['webhook-id'] ?? '', type, project: data.project_id, revision: data.revision }
      world.sent.push(message)
      let end = (): void => {}
      const ended = new Promise<Sent>((resolve) => {
        end = () => resolve({ status: null, error: 'ended' })
      })
      signal.addEventListener('abort', end)
      const answer = await Promise.race([world.answer(message), ended])
      signal.removeEventListener('abort', end)
      if (answer.status !== null && answer.status < 300) world.accepted.push(message)
      return answer
    },
    close: async () => {},
  }
  const attempts = createAttempts({ store, sender, observer: NO_OBSERVER, now: clock.now })
  const rights = createRights({ store: changes, principalOf: async (owner) => world.principalOf(owner) })
  const deliverer = createDeliverer({
    store,
    changes,
    changesAfter: createChangesAfter(changes, world.jobs),
    jobs: world.jobs,
    hints: { read: () => ({ ids: [], times: new Map(), isLost: false }) },
    attempts,
    rights,
    log: silent,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
    ...options,
  })
  const service = createWebhookService({ store, rights, attempts, sender, onChange: deliverer.refresh, now: clock.now })
  onTestFinished(() => deliverer.close())
  deliverer.start()
  return {
    store,
    changes,
    service,
    deliverer,
    create: async (some: Partial<Webhook> = {}, by: Principal = ADMIN): Promise<Webhook> => {
      clock.advance(1)
      const { url = 'https://shop.example/hook', events, project_id: projectId } = some
      const { webhook } = await service.create({ url, events, projectId }, by)
      clock.advance(1)
      return webhook
    },
  }
}
