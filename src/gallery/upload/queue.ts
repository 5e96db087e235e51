// The queue of uploads: a few at a time, each with its progress, its failure and its retry.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'

export type UploadState = 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled'

export interface UploadItem<Result> {
  id: number
  projectId: string
  name: string
  /** In bytes. */
  size: number
  /** The same for every attempt, so that none makes a double. */
  key: string
  state: Signal<UploadState>
  /** Bytes that have been sent. */
  loaded: Signal<number>
  problem: Signal<unknown>
  result: Result | undefined
}

export interface Sending<Source> {
  source: Source
  signal: AbortSignal
  onLoaded(bytes: number): void
}

export interface QueueOptions<Source, Result> {
  send(item: UploadItem<Result>, sending: Sending<Source>): Promise<Result>
  onDone(item: UploadItem<Result>): void
  /** Uploads at the same time. @default 3 */
  parallel?: number
}

export interface UploadQueue<Source, Result> {
  items: ReadonlySignal<readonly UploadItem<Result>[]>
  /** Numbers of all, and bytes sent and in all; of items that were not cancelled. */
  counts: ReadonlySignal<{ all: number; done: number; failed: number; active: number; loaded: number; size: number }>
  add(projectId: string, files: readonly { source: Source; name: string; size: number }[]): void
  cancel(item: UploadItem<Result>): void
  cancelAll(): void
  retry(item: UploadItem<Result>): void
  /** Retries all that have failed and fulfil the condition. */
  retryAll(isWanted?: (problem: unknown) => boolean): void
  /** Forgets all that have ended. */
  clear(): void
}

export const createQueue = <Source, Result>({
  send,
  onDone,
  parallel = 3,
}: QueueOptions<Source, Result>): UploadQueue<Source, Result> => {
  type Item = UploadItem<Result>
  const items = signal<readonly Item[]>([])
  /** Until they are stored: files that were pasted are in memory. */
  const sources = new WeakMap<Item, { source: Source }>()
  const stops = new Map<Item, AbortController>()
  let lastId = 0

  const counts = computed(() => {
    const sum = { all: 0, done: 0, failed: 0, active: 0, loaded: 0, size: 0 }
    for (const { state, loaded, size } of items.value) {
      if (state.value === 'cancelled') continue
      sum.all++
      sum.size += size
      sum.loaded += state.value === 'done' ? size : loaded.value
      if (state.value === 'done') sum.done++
      else if (state.value === 'failed') sum.failed++
      else sum.active++
    }
    return sum
  })

  const run = async (item: Item): Promise<void> => {
    const held = sources.get(item)
    if (!held) return
    const stop = new AbortController()
    stops.set(item, stop)
    item.state.value = 'sending'
    try {
      item.result = await send(item, {
        source: held.source,
        signal: stop.signal,
        onLoaded: (bytes) => {
          item.loaded.value = bytes
        },
      })
      sources.delete(item)
      item.state.value = 'done'
      onDone(item)
    } catch (error) {
      if (item.state.value === 'sending')
        batch(() => {
          item.problem.value = error
          item.state.value = 'failed'
        })
    } finally {
      stops.delete(item)
      next()
    }
  }

  const next = (): void => {
    for (const item of items.value) {
      if (stops.size >= parallel) return
      // One that was cancelled and is retried may still be ending.
      if (item.state.value === 'waiting' && !stops.has(item)) void run(item)
    }
  }

  const cancel = (item: Item): void => {
    if (item.state.value !== 'waiting' && item.state.value !== 'sending' && item.state.value !== 'failed') return
    item.state.value = 'cancelled'
    stops.get(item)?.abort()
  }

  const retry = (item: Item): void => {
    if (item.state.value !== 'failed' && item.state.value !== 'cancelled') return
    batch(() => {
      item.problem.value = undefined
      item.loaded.value = 0
      item.state.value = 'waiting'
    })
    next()
  }

  return {
    items,
    counts,
    cancel,
    retry,

    add(projectId, files) {
      const added = files.map(({ source, name, size }) => {
        const item: Item = {
          ...{ id: ++lastId, projectId, name, size, key: randomKey() },
          state: signal<UploadState>('waiting'),
          loaded: signal(0),
          problem: signal<unknown>(undefined),
          result: undefined,
        }
        sources.set(item, { source })
        return item
      })
      items.value = [...items.value, ...added]
      next()
    },

    cancelAll: () =>
      batch(() => {
        for (const item of items.value) if (item.state.value !== 'failed') cancel(item)
      }),

    retryAll(isWanted = () => true) {
      for (const item of items.value) if (item.state.value === 'failed' && isWanted(item.problem.value)) retry(item)
    },

    clear() {
      items.value = items.value.filter(({ state }) => state.value === 'waiting' || state.value === 'sending')
    },
  }
}

/** Pages over plain HTTP have no `crypto.randomUUID`. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
