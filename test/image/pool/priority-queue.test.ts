import { EventEmitter, once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createWaitingLine, type Priority } from '../../../src/image/pool/priority-queue.ts'

/** Work that lasts until it is told to end. */
const work = () => {
  const told = new EventEmitter()
  const promise = once(told, 'end')
  return { run: () => promise, end: () => told.emit('end') }
}

const soon = () => new Promise((resolve) => setImmediate(resolve))

describe('a waiting line', () => {
  it('gives each resource to one at a time', async () => {
    const line = createWaitingLine(['a', 'b'])
    const busy = new Set<string>()
    const use = () =>
      line.use(async (resource) => {
        expect(busy.has(resource)).toBe(false)
        busy.add(resource)
        await soon()
        busy.delete(resource)
        return resource
      })
    const used = await Promise.all(Array.from({ length: 20 }, use))
    expect(new Set(used)).toEqual(new Set(['a', 'b']))
    expect(line.waiting).toBe(0)
  })

  it('goes by priority, then by arrival', async () => {
    const line = createWaitingLine(['only'])
    const first = work()
    const begun: string[] = []
    const running = line.use(first.run)
    const later = (['prefetch', 'transform', 'upload', 'prefetch', 'upload'] as const).map(
      (priority: Priority, index) => line.use(async () => begun.push(`${priority} ${index}`), { priority }),
    )
    await soon()
    expect(line.waiting).toBe(5)
    expect(line.isFree).toBe(false)
    first.end()
    await Promise.all([running, ...later])
    expect(begun).toEqual(['upload 2', 'upload 4', 'transform 1', 'prefetch 0', 'prefetch 3'])
    expect(line.isFree).toBe(true)
  })

  it('lets go of work whose signal aborts, without beginning it', async () => {
    const line = createWaitingLine(['only'])
    const first = work()
    const running = line.use(first.run)
    const giveUp = new AbortController()
    const begun: string[] = []
    const second = line.use(async () => begun.push('second'), { signal: giveUp.signal })
    const third = line.use(async () => begun.push('third'))
    giveUp.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    expect(line.waiting).toBe(1)
    first.end()
    await Promise.all([running, third])
    expect(begun).toEqual(['third'])
    await expect(line.use(async () => begun.push('never'), { signal: giveUp.signal })).rejects.toThrow('gone')
    expect(begun).toEqual(['third'])
  })

  it('gives the resource on where work fails', async () => {
    const line = createWaitingLine(['only'])
    await expect(line.use(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    await expect(line.use(async (resource) => resource)).resolves.toBe('only')
  })

  it('is drained once nothing runs and nothing waits', async () => {
    const line = createWaitingLine(['only'])
    await line.drained()
    const [first, second] = [work(), work()]
    const ended: string[] = []
    const all = [line.use(first.run), line.use(second.run)]
    const drained = line.drained().then(() => ended.push('drained'))
    first.end()
    await soon()
    expect(ended).toEqual([])
    second.end()
    await Promise.all([...all, drained])
    expect(ended).toEqual(['drained'])
  })
})
