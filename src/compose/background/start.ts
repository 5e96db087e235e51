// Starts work in the background once the store is open, and ends it.

import { setTimeout } from 'node:timers/promises'
import type { Store } from '../../stores/store.ts'

export interface BackgroundOptions {
  store: Pick<Store, 'isReadOnly'>
  /** Resolves once the store is open. */
  opened: Promise<void>
  /** Comes before the work. @throws what the server then does not start with */
  prepare(): Promise<void>
  work: { start(): void; close(): Promise<void> }
}

/** @returns `ready` resolves once the work has begun. A store that is read-only has none */
export const startInBackground = ({ store, opened, prepare, work }: BackgroundOptions) => {
  let isClosed = false
  const start = async (): Promise<void> => {
    if (store.isReadOnly()) return
    await prepare()
    if (!isClosed) work.start()
  }
  const ready = opened.then(start)
  // Unhandled, a failure would end a program that does not await it; its first request reports it instead.
  ready.catch(() => {})
  return {
    ready,
    async close(): Promise<void> {
      isClosed = true
      await ready.catch(() => {})
      await work.close()
    },
  }
}

/** Ends early where the signal aborts, and holds up no process that ends. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal, ref: false }).catch(() => {})
