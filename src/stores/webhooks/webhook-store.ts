// Webhooks as every store keeps them: endpoints, cursors, deliveries, and the lease of the process that delivers.
// test/contracts/webhooks.ts checks these promises.
//
// Every call throws TintypeError `store_unavailable` or `storage_full` where the store fails. Such a change was made whole
// or not at all, and can be repeated.

import type { Delivery, Webhook } from '../../core/webhooks/model.ts'
import type { Lease } from '../private/lease.ts'

export interface WebhookStore {
  /** False where there has never been a webhook. Synchronous: a microsecond, for a poll. */
  mayHaveAny(): boolean
  /** All webhooks, by their id. */
  list(): Promise<Webhook[]>
  /** The newest state, with every change that any process has acknowledged. */
  get(id: string): Promise<Webhook | undefined>
  /** Durable when it resolves. False where the id is taken. */
  create(webhook: Webhook): Promise<boolean>
  /**
   * Commits the result of `change` for the newest state. `change` runs again where another change came first; where it
   * returns its argument or throws a TintypeError, nothing changes.
   *
   * @returns undefined where there is no such webhook
   */
  change(id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook | undefined>
  /** Removes a webhook with its cursors and deliveries. False where there is none. */
  remove(id: string): Promise<boolean>
  cursors: WebhookCursors
  deliveries: WebhookDeliveries
  /** Takes the lease, undefined where another living process has it. It ends with the process. Cursors are replaced by number,
   * because one that slept for longer than it lasts may believe in it for a moment. */
  takeLease(): Promise<Lease | undefined>
  /** Removes drafts of crashed processes. */
  sweep(): Promise<void>
}

/** Place in the changes of one project up to which a webhook has them. */
export interface Cursor {
  /** The last revision that was delivered whole. */
  revision: number
  /** Events of the next revision that were delivered. */
  events: number
}

/** Position of a webhook in a project, and the number by which {@link WebhookCursors.advance} replaces it. */
export interface StoredCursor extends Cursor {
  /** 0 where nothing is stored. */
  number: number
}

export interface WebhookCursors {
  /** Undefined where the webhook has none in this project. */
  read(webhookId: string, projectId: string): Promise<StoredCursor | undefined>
  /**
   * Replaces a cursor, durably.
   *
   * @param number of the cursor that is replaced; 0 for the first
   * @returns the number of the new one; undefined where another process has replaced it, or the webhook was removed
   */
  advance(webhookId: string, projectId: string, number: number, cursor: Cursor): Promise<number | undefined>
  /** Projects in which the webhook has a cursor. */
  projects(webhookId: string): Promise<string[]>
}

/** A delivery with its id, which grows with time. */
export interface StoredDelivery extends Delivery {
  id: number
}

/** The newest deliveries. They survive the process; a power cut may lose the last ones. */
export interface WebhookDeliveries {
  add(webhookId: string, delivery: Delivery): Promise<StoredDelivery>
  /** The last 100, newest first. */
  list(webhookId: string): Promise<StoredDelivery[]>
  get(webhookId: string, id: number): Promise<StoredDelivery | undefined>
}
