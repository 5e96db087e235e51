// What every queue of jobs must do. One passes by ~5 lines: see test/queues/memory.test.ts.

import { describe, expect, it, onTestFinished } from 'vitest'
import type { HandedJob, JobQueue, QueuedJob } from '../../src/queues/queue.ts'

const job = (jobId: string, projectId = 'a', jobClass: QueuedJob['class'] = 'first'): QueuedJob => ({
  jobId,
  projectId,
  class: jobClass,
})

export interface QueueContract {
  /** Jobs of one project that may be handed out before jobs of others that are offered later. @default 1 */
  ahead?: number
}

/** @param open a queue, with a signal that ends it; resolves once it takes offers */
export const queueContract = (
  name: string,
  open: (signal: AbortSignal) => Promise<JobQueue>,
  { ahead = 1 }: QueueContract = {},
): void => {
  const opened = async () => {
    const ending = new AbortController()
    const queue = await open(ending.signal)
    onTestFinished(async () => {
      ending.abort()
      await queue.close()
    })
    const next = (signal = new AbortController().signal) => queue.next(signal)
    const take = async (count: number): Promise<HandedJob[]> => {
      const taken: HandedJob[] = []
      for (let at = 0; at < count; at++) {
        const handed = await next()
        if (handed) taken.push(handed)
      }
      return taken
    }
    return { queue, next, take }
  }
  const ids = (taken: readonly HandedJob[]) => taken.map(({ jobId }) => jobId)

  describe(`${name} keeps the promises of a queue`, () => {
    it('hands out each job once, in the order of a project', async () => {
      const { queue, take } = await opened()
      await queue.offer([job('1'), job('2')])
      await queue.offer([job('2'), job('3')])
      const taken = await take(3)
      expect(ids(taken)).toEqual(['1', '2', '3'])
      expect(taken[0]).toMatchObject({ projectId: 'a', class: 'first' })
      await queue.offer([job('1'), job('4')])
      expect(ids(await take(1))).toEqual(['4'])
    })

    it('takes turns among projects, so that many jobs of one hold up no other', async () => {
      const { queue, take } = await opened()
      await queue.offer(Array.from({ length: 100 }, (_, at) => job(`a${at}`)))
      await queue.offer([job('b0', 'b'), job('c0', 'c'), job('b1', 'b')])
      const first: string[] = []
      while (first.length < ahead + 7) {
        const taken = await take(1)
        first.push(...ids(taken))
        taken[0]?.done()
      }
      for (const id of ['b0', 'b1', 'c0']) expect(first).toContain(id)
      expect(first.indexOf('b0')).toBeLessThan(ahead + 2)
      expect(first.indexOf('c0')).toBeLessThan(ahead + 2)
      expect(first.indexOf('b1')).toBeLessThan(ahead + 5)
    })

    it('hands out the class of jobs that ended their worker first', async () => {
      const { queue, take } = await opened()
      await queue.offer([job('1'), job('2', 'b', 'again')])
      expect(ids(await take(2))).toEqual(['2', '1'])
    })

    it('hands out a job again, behind others, or not at all once it is done', async () => {
      const { queue, take, next } = await opened()
      await queue.offer([job('1'), job('2')])
      const [one] = await take(1)
      one?.again()
      const [two, again] = await take(2)
      expect([two?.jobId, again?.jobId]).toEqual(['2', '1'])
      two?.done()
      again?.done()
      again?.again()
      const leave = new AbortController()
      const nothing = next(leave.signal)
      leave.abort()
      expect(await nothing).toBeUndefined()
      await queue.offer([job('1')])
      expect(ids(await take(1))).toEqual(['1'])
    })

    it('hands out the jobs of a list, each once', async () => {
      const { queue, take, next } = await opened()
      await queue.offer([job('1')])
      await queue.sync([job('1'), job('2')])
      const taken = await take(1)
      if (queue.needsSync()) await queue.sync([job('2')])
      taken.push(...(await take(1)))
      expect(ids(taken).sort()).toEqual(['1', '2'])
      for (const each of taken) each.done()
      const leave = new AbortController()
      const nothing = next(leave.signal)
      await queue.sync([])
      setTimeout(() => leave.abort(), 200)
      expect(await nothing).toBeUndefined()
    })

    it('waits for a job, and hands one to each of several that wait', async () => {
      const { queue, next } = await opened()
      const waiting = [next(), next()]
      await queue.offer([job('1'), job('2')])
      const taken = await Promise.all(waiting)
      expect(taken.map((each) => each?.jobId).sort()).toEqual(['1', '2'])
    })

    it('hands out nothing to a signal that is aborted', async () => {
      const { queue, next } = await opened()
      await queue.offer([job('1')])
      expect(await next(AbortSignal.abort())).toBeUndefined()
    })
  })
}
