import { EventEmitter, once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Priority } from '../../../src/image/encoder.ts'
import { createPriorityQueue } from '../../../src/image/pool/priority-queue.ts'

/** Work that lasts until `end` is called. */
const work = () => {
  const events = new EventEmitter()
  const promise = once(events, 'end')
  return { run: () => promise, end: () => events.emit('end') }
}

const soon = () => new Promise((resolve) => setImmediate(resolve))

describe('a priority queue', () => {
  it('grants each resource to one job at a time', async () => {
    const queue = createPriorityQueue(['a', 'b'])
    const busy = new Set<string>()
    const use = () =>
      queue.use(async (resource) => {
        expect(busy.has(resource)).toBe(false)
        busy.add(resource)
        await soon()
        busy.delete(resource)
        return resource
      })
    const used = await Promise.all(Array.from({ length: 20 }, use))
    expect(new Set(used)).toEqual(new Set(['a', 'b']))
    expect(queue.waiting).toBe(0)
  })

  it('orders by priority, then by arrival', async () => {
    const queue = createPriorityQueue(['only'])
    const first = work()
    const begun: string[] = []
    const running = queue.use(first.run)
    const later = (['prefetch', 'transform', 'upload', 'prefetch', 'upload'] as const).map(
      (priority: Priority, index) => queue.use(async () => begun.push(`${priority} ${index}`), { priority }),
    )
    await soon()
    expect(queue.waiting).toBe(5)
    expect(queue.isFree).toBe(false)
    first.end()
    await Promise.all([running, ...later])
    expect(begun).toEqual(['upload 2', 'upload 4', 'transform 1', 'prefetch 0', 'prefetch 3'])
    expect(queue.isFree).toBe(true)
  })

  it('drops work whose signal aborts, without beginning it', async () => {
    const queue = createPriorityQueue(['only'])
    const first = work()
    const running = queue.use(first.run)
    const giveUp = new AbortController()
    const begun: string[] = []
    const second = queue.use(async () => begun.push('second'), { signal: giveUp.signal })
    const third = queue.use(async () => begun.push('third'))
    giveUp.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    expect(queue.waiting).toBe(1)
    first.end()
    await Promise.all([running, third])
    expect(begun).toEqual(['third'])
    await expect(queue.use(async () => begun.push('never'), { signal: giveUp.signal })).rejects.toThrow('gone')
    expect(begun).toEqual(['third'])
  })

  it('passes the resource on where work fails', async () => {
    const queue = createPriorityQueue(['only'])
    await expect(queue.use(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    await expect(queue.use(async (resource) => resource)).resolves.toBe('only')
  })

  it('is drained once nothing runs and nothing waits', async () => {
    const queue = createPriorityQueue(['only'])
    await queue.drained()
    const [first, second] = [work(), work()]
    const ended: string[] = []
    const all = [queue.use(first.run), queue.use(second.run)]
    const drained = queue.drained().then(() => ended.push('drained'))
    first.end()
    await soon()
    expect(ended).toEqual([])
    second.end()
    await Promise.all([...all, drained])
    expect(ended).toEqual(['drained'])
  })
})
