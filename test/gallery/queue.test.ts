// The queue of uploads: how many run at once, and what cancelling, failing and retrying do.

import { describe, expect, it } from 'vitest'
import { createQueue } from '../../src/gallery/upload/queue.ts'

/** A queue whose uploads end when the test says so. */
const createTestQueue = () => {
  const open = new Map<string, { resolve(): void; reject(error: Error): void; signal: AbortSignal; keys: string[] }>()
  const keys = new Map<string, string[]>()
  const done: string[] = []
  const queue = createQueue<string, string>({
    send: ({ name, key }, { signal, onLoaded }) =>
      new Promise((resolve, reject) => {
        const own = [...(keys.get(name) ?? []), key]
        keys.set(name, own)
        onLoaded(5)
        open.set(name, { resolve: () => resolve(name), reject, signal, keys: own })
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
    onDone: ({ name }) => done.push(name),
  })
  const settled = () => new Promise((resolve) => setTimeout(resolve))
  const itemOf = (name: string) => {
    const found = queue.items.value.find((item) => item.name === name)
    if (!found) throw new Error(`no upload ${name}`)
    return found
  }
  const upload = (name: string) => {
    const found = open.get(name)
    if (!found) throw new Error(`${name} has not begun`)
    return found
  }
  const add = (...names: string[]) =>
    queue.add(
      'demo',
      names.map((name) => ({ source: name, name, size: 10 })),
    )
  const states = () => queue.items.value.map(({ state }) => state.value)
  return { queue, add, upload, done, settled, states, itemOf }
}

describe('the queue of uploads', () => {
  it('sends three at a time, in order, and counts bytes and images', async () => {
    const { queue, add, upload, done, settled, states } = createTestQueue()
    add('a', 'b', 'c', 'd')
    expect(states()).toEqual(['sending', 'sending', 'sending', 'waiting'])
    expect(queue.counts.value).toEqual({ all: 4, done: 0, failed: 0, active: 4, loaded: 15, size: 40 })
    upload('b').resolve()
    await settled()
    expect(states()).toEqual(['sending', 'done', 'sending', 'sending'])
    for (const name of ['a', 'c', 'd']) upload(name).resolve()
    await settled()
    expect(done.toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(queue.counts.value).toEqual({ all: 4, done: 4, failed: 0, active: 0, loaded: 40, size: 40 })
    queue.clear()
    expect(queue.items.value).toEqual([])
  })

  it('goes on after a failure, which keeps its problem and is repeated with the same key', async () => {
    const { queue, add, upload, settled, states, itemOf } = createTestQueue()
    add('a', 'b', 'c', 'd')
    const problem = new Error('no picture')
    upload('a').reject(problem)
    await settled()
    expect(states()).toEqual(['failed', 'sending', 'sending', 'sending'])
    expect(itemOf('a').problem.value).toBe(problem)
    queue.retryAll((error) => error !== problem)
    expect(itemOf('a').state.value).toBe('failed')
    queue.retryAll()
    expect(itemOf('a').state.value).toBe('waiting')
    upload('b').resolve()
    await settled()
    expect(itemOf('a').state.value).toBe('sending')
    const { keys } = upload('a')
    expect([keys.length, new Set(keys).size]).toEqual([2, 1])
    expect(new Set(queue.items.value.map(({ key }) => key)).size).toBe(4)
  })

  it('cancels one that waits and one that is sent, which are no failures', async () => {
    const { queue, add, upload, settled, states, itemOf } = createTestQueue()
    add('a', 'b', 'c', 'd', 'e')
    queue.cancel(itemOf('d'))
    queue.cancel(itemOf('a'))
    expect(upload('a').signal.aborted).toBe(true)
    await settled()
    expect(states()).toEqual(['cancelled', 'sending', 'sending', 'cancelled', 'sending'])
    expect(queue.counts.value).toMatchObject({ all: 3, failed: 0, active: 3 })
    queue.cancelAll()
    await settled()
    expect(queue.counts.value).toMatchObject({ all: 0, active: 0 })
    queue.retry(itemOf('d'))
    expect(itemOf('d').state.value).toBe('sending')
  })

  it('does not cancel what is done', async () => {
    const { queue, add, upload, settled, states, itemOf } = createTestQueue()
    add('a')
    upload('a').resolve()
    await settled()
    queue.cancel(itemOf('a'))
    queue.retry(itemOf('a'))
    expect(states()).toEqual(['done'])
  })
})
