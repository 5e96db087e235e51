// Webhook service: create, list, read, edit, remove, rotate, test, deliveries, redeliver.

import { isAdmin, type Principal, unauthenticated } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { clip } from '../../core/text.ts'
import { movedTo, recovered, switchedOff } from '../../core/webhooks/back-off.ts'
import { parseDestination, URL_RULE } from '../../core/webhooks/destination.ts'
import { testMessage, type WebhookEvent, type WebhookMessage } from '../../core/webhooks/events.ts'
import {
  changeTime,
  isSameOwner,
  MAX_WEBHOOKS,
  newSecret,
  newWebhook,
  newWebhookId,
  ownerOf,
  rotated,
  SETTINGS_WEBHOOK,
  type Webhook,
} from '../../core/webhooks/model.ts'
import type { StoredDelivery, WebhookStore } from '../../stores/webhooks/webhook-store.ts'
import type { Attempts } from './attempts.ts'
import type { Rights } from './rights.ts'
import type { Sender } from './sender.ts'

export interface WebhookServiceOptions {
  store: WebhookStore
  rights: Rights
  attempts: Attempts
  sender: Pick<Sender, 'refusalOf'>
  /** Called after each change of a webhook. */
  onChange(): void
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export interface NewWebhook {
  url: string
  /** @default all */
  events?: readonly WebhookEvent[] | null
  /** The only project. @default all */
  projectId?: string | null
}

export interface WebhookEdit {
  url?: string
  events?: readonly WebhookEvent[] | null
  enabled?: boolean
}

/**
 * Webhooks of a principal: those that it created; for admins, all. Others are answered as absent ones.
 *
 * Every call throws TintypeError `unauthenticated`, `webhook_not_found`, and errors of the store.
 */
export interface WebhookService {
  /**
   * Creates a webhook of a project, for principals that may manage it, or of all projects, for admins. It gets the events
   * of commits from now on.
   *
   * @returns the only time that the secret is shown
   * @throws TintypeError `invalid_body` for a URL that is not accepted, `too_many_webhooks`, `forbidden`,
   *   `project_not_found`
   */
  create(webhook: NewWebhook, by: Principal): Promise<{ webhook: Webhook; secret: string }>
  /** By their id, behind `after`. */
  list(
    page: { after?: string; limit: number },
    by: Principal,
  ): Promise<{ webhooks: Webhook[]; next: string | undefined }>
  get(id: string, by: Principal): Promise<Webhook>
  /**
   * `enabled: true` goes on at the cursor, at once. It needs the rights of `create`.
   *
   * @throws TintypeError `invalid_body`, `forbidden`, `project_not_found`, `webhook_of_settings`
   */
  edit(id: string, edit: WebhookEdit, by: Principal): Promise<Webhook>
  /** @throws TintypeError `webhook_of_settings` */
  remove(id: string, by: Principal): Promise<void>
  /** Adds a secret; the one before stays valid for a day. @throws TintypeError `webhook_of_settings` */
  rotate(id: string, by: Principal): Promise<{ webhook: Webhook; secret: string }>
  /** Sends a test message now. @throws TintypeError `client_gone` */
  test(id: string, by: Principal, signal: AbortSignal): Promise<StoredDelivery>
  deliveries(id: string, by: Principal): Promise<StoredDelivery[]>
  /**
   * Sends the message of a delivery again now, with the same id. The cursor does not move.
   *
   * @throws TintypeError `delivery_not_found`, `client_gone`; `forbidden`, `project_not_found` where the principal may not
   *   create the webhook any more
   */
  redeliver(id: string, deliveryId: number, by: Principal, signal: AbortSignal): Promise<StoredDelivery>
}

export const createWebhookService = (options: WebhookServiceOptions): WebhookService => {
  const { store, rights, attempts, sender, onChange, now = Date.now } = options

  const find = async (id: string, by: Principal): Promise<Webhook> => {
    if (by.kind === 'anonymous') throw unauthenticated()
    const webhook = await store.get(id)
    if (!webhook || !isOf(webhook, by)) throw unknownWebhook(id)
    return webhook
  }

  const change = async (id: string, edit: (webhook: Webhook) => Webhook): Promise<Webhook> => {
    const webhook = await store.change(id, edit)
    if (!webhook) throw unknownWebhook(id)
    onChange()
    return webhook
  }

  const requireDestination = (text: string): void => {
    const url = parseDestination(text)
    const expected = url ? sender.refusalOf(url) : `expected ${URL_RULE}`
    if (expected === undefined) return
    throw new TintypeError('invalid_body', `url: ${expected}, received "${clip(text)}".`, {
      details: { field: 'url', expected: expected.replace('expected ', ''), received: clip(text) },
    })
  }

  /** Each of several that are created at once counts the others, so that there are never too many. */
  const requireRoom = async (webhook: Webhook): Promise<void> => {
    const own = (await store.list()).filter(({ id, owner }) => id !== webhook.id && isSameOwner(owner, webhook.owner))
    if (own.length < MAX_WEBHOOKS) return
    await store.remove(webhook.id)
    throw new TintypeError(
      'too_many_webhooks',
      `Expected at most ${MAX_WEBHOOKS} webhooks of one key or user, there are ${own.length}. Delete one first.`,
      { details: { max_webhooks: MAX_WEBHOOKS } },
    )
  }

  const send = async (
    webhook: Webhook,
    message: WebhookMessage,
    kind: 'test' | 'redelivery',
    signal: AbortSignal,
  ): Promise<StoredDelivery> => {
    const attempt = await attempts.make(webhook, message, signal)
    if (!attempt) throw new TintypeError('client_gone', 'The client has gone.')
    return attempts.record(webhook, message, attempt, kind)
  }

  return {
    async create({ url, events = null, projectId = null }, by) {
      if (by.kind === 'anonymous') throw unauthenticated()
      await rights.require(by, projectId)
      requireDestination(url)
      const [secret, at] = [newSecret(), new Date(now()).toISOString()]
      const given = { id: newWebhookId(), url, events: events && [...new Set(events)], project_id: projectId }
      const webhook = newWebhook({ ...given, owner: ownerOf(by), secret }, at)
      await store.create(webhook)
      await requireRoom(webhook)
      onChange()
      return { webhook, secret }
    },

    async list({ after, limit }, by) {
      if (by.kind === 'anonymous') throw unauthenticated()
      const own = (await store.list()).filter((webhook) => isOf(webhook, by))
      const behind = own.filter(({ id }) => after === undefined || id > after)
      const webhooks = behind.slice(0, limit)
      return { webhooks, next: behind.length > limit ? webhooks.at(-1)?.id : undefined }
    },

    get: find,

    async edit(id, { url, events, enabled }, by) {
      const found = await find(id, by)
      if (url !== undefined || events !== undefined) refuseOfSettings(id)
      if (url !== undefined) requireDestination(url)
      if (enabled === true && id !== SETTINGS_WEBHOOK) await rights.require(by, found.project_id)
      // An admin takes over a webhook whose creator has lost its rights.
      const isTakenOver = enabled === true && !(await rights.mayReceive(found))
      return change(id, (webhook) => {
        const edited = {
          ...(url === undefined ? webhook : movedTo(webhook, url)),
          ...(events === undefined ? {} : { events: events && [...new Set(events)] }),
          ...(isTakenOver ? { owner: ownerOf(by) } : {}),
          updated_at: changeTime(webhook, now()),
        }
        if (enabled === undefined) return edited
        return enabled ? { ...recovered(edited), enabled, off_reason: null } : switchedOff(edited, 'request', now())
      })
    },

    async remove(id, by) {
      await find(id, by)
      refuseOfSettings(id)
      await store.remove(id)
      onChange()
    },

    async rotate(id, by) {
      await find(id, by)
      refuseOfSettings(id)
      const secret = newSecret()
      return { webhook: await change(id, (webhook) => rotated(webhook, secret, now())), secret }
    },

    async test(id, by, signal) {
      const webhook = await find(id, by)
      return send(webhook, testMessage(id, new Date(now()).toISOString()), 'test', signal)
    },

    async deliveries(id, by) {
      await find(id, by)
      return store.deliveries.list(id)
    },

    async redeliver(id, deliveryId, by, signal) {
      const webhook = await find(id, by)
      const delivery = await store.deliveries.get(id, deliveryId)
      if (!delivery) throw new TintypeError('delivery_not_found', `There is no delivery ${deliveryId} of the webhook.`)
      if (id !== SETTINGS_WEBHOOK) await rights.require(by, webhook.project_id)
      const { message_id, type, project_id, revision, body } = delivery
      return send(webhook, { id: message_id, type, projectId: project_id, revision, body }, 'redelivery', signal)
    },
  }
}

const isOf = ({ owner }: Webhook, by: Principal): boolean => isAdmin(by) || isSameOwner(owner, ownerOf(by))

const unknownWebhook = (id: string): TintypeError =>
  new TintypeError('webhook_not_found', `There is no webhook "${clip(id)}".`)

const refuseOfSettings = (id: string): void => {
  if (id !== SETTINGS_WEBHOOK) return
  throw new TintypeError(
    'webhook_of_settings',
    'The webhook is described by WEBHOOK_URL and WEBHOOK_SECRET; change them.',
  )
}
