import { describe, expect, it } from 'vitest'
import { createBook, LOST_MS, MOST_OF_PROJECT } from '../../../src/queues/amqp/book.ts'
import type { JobClass, QueuedJob } from '../../../src/queues/queue.ts'

const job = (jobId: string, projectId = 'a', jobClass: JobClass = 'first'): QueuedJob => ({
  jobId,
  projectId,
  class: jobClass,
})

const many = (count: number, projectId = 'a'): QueuedJob[] =>
  Array.from({ length: count }, (_, n) => job(`${projectId}${n}`, projectId))

const ids = (jobs: readonly QueuedJob[]) => jobs.map(({ jobId }) => jobId)

describe('the book of the dispatcher', () => {
  it('lets 8 jobs of a project into the broker, and another one for each that is taken', () => {
    const book = createBook()
    book.add(many(20), 0)
    expect(ids(book.due(0))).toEqual(ids(many(MOST_OF_PROJECT)))
    expect(book.due(0)).toEqual([])
    book.taken(['a3'])
    expect(ids(book.due(0))).toEqual(['a8'])
    expect(book.due(0)).toEqual([])
  })

  it('takes turns among projects', () => {
    const book = createBook()
    book.add([...many(3), ...many(2, 'b'), ...many(1, 'c')], 0)
    expect(ids(book.due(0))).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2'])
  })

  it('adds a known job once, and again once it was taken', () => {
    const book = createBook()
    book.add([job('1'), job('1')], 0)
    expect(ids(book.due(0))).toEqual(['1'])
    book.add([job('1')], 0)
    expect(book.due(0)).toEqual([])
    book.taken(['1'])
    book.add([job('1')], 0)
    expect(ids(book.due(0))).toEqual(['1'])
  })

  it('lets the second class in once the first one was taken', () => {
    const book = createBook()
    book.add([job('1'), job('2', 'a', 'again')], 0)
    expect(ids(book.due(0))).toEqual(['2'])
    expect(book.due(0)).toEqual([])
    book.taken(['2'])
    expect(ids(book.due(0))).toEqual(['1'])
  })

  it('offers first what the broker refused, in its order', () => {
    const book = createBook()
    book.add(many(10), 0)
    book.refused(book.due(0).slice(0, 2))
    expect(ids(book.due(0))).toEqual(['a0', 'a1'])
  })

  it('forgets what is not listed any more, unless it is younger than a listing', () => {
    const book = createBook()
    book.add([job('old'), job('kept')], 0)
    book.add([job('young', 'b')], 4000)
    book.keepOnly(new Set(['kept']), 5000)
    expect(ids(book.due(5000))).toEqual(['kept', 'young'])
    book.keepOnly(new Set(), 9999)
    book.add([job('kept')], 9999)
    expect(book.due(9999)).toEqual([])
    book.keepOnly(new Set(), 10_000)
    book.add([job('kept')], 10_000)
    expect(ids(book.due(10_000))).toEqual(['kept'])
  })

  it('sends old messages again where the broker has fewer', () => {
    const book = createBook()
    book.add([job('1'), job('2')], 0)
    book.due(0)
    expect(book.doubtful(LOST_MS - 1)).toEqual([])
    expect(book.recover('first', 0, LOST_MS - 1)).toBe(0)
    expect(book.doubtful(LOST_MS)).toEqual(['first'])
    expect(book.recover('first', 2, LOST_MS)).toBe(0)
    expect(book.due(LOST_MS)).toEqual([])
    expect(book.recover('first', 1, LOST_MS)).toBe(2)
    expect(ids(book.due(LOST_MS))).toEqual(['1', '2'])
    expect(book.doubtful(LOST_MS)).toEqual([])
  })
})
