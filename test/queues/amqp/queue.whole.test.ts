import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAmqpConnection } from '../../../src/queues/amqp/connection.ts'
import { createAmqpQueue } from '../../../src/queues/amqp/queue.ts'
import type { HandedJob, JobQueue, QueuedJob } from '../../../src/queues/queue.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { queueContract } from '../../contracts/queue.ts'
import { createRabbitMq, lacksRabbitMq, type RabbitMq } from '../../support/processes/rabbitmq.ts'

const WAIT = { timeout: 60_000, interval: 10 }
const AT_ONCE = 4
/** Messages of one project in the broker. */
const OF_PROJECT = 8

const log = createLogger({ level: 'silent' })

const jobs = (count: number, projectId: string): QueuedJob[] =>
  Array.from({ length: count }, (_, n) => ({ jobId: `${projectId}${n}`, projectId, class: 'first' }))

const take = async (queue: JobQueue, count: number): Promise<HandedJob[]> => {
  const signal = AbortSignal.timeout(WAIT.timeout)
  const taken: HandedJob[] = []
  while (taken.length < count) {
    const job = await queue.next(signal)
    if (!job) throw new Error(`expected ${count} jobs, got ${taken.length}`)
    taken.push(job)
  }
  return taken
}

describe.skipIf(lacksRabbitMq('AMQP'))('over RabbitMQ', () => {
  let broker: RabbitMq
  let stores = 0
  beforeAll(async () => {
    broker = await createRabbitMq()
    await broker.start()
  })
  afterAll(() => broker.remove())

  /** @param isAlone false where another process of the store may be the dispatcher */
  const openQueue = async (prefix: string, signal: AbortSignal, isAlone = true, listMs?: number): Promise<JobQueue> => {
    const connection = createAmqpConnection({ url: broker.url, log })
    const names = { prefix: async () => prefix }
    const queue = createAmqpQueue({ connection, ...names, atOnce: AT_ONCE, log, checkMs: 500, listMs })
    queue.open(signal)
    await vi.waitFor(() => expect(connection.isConnected() && (!isAlone || queue.needsSync())).toBe(true), WAIT)
    return { ...queue, close: () => queue.close().finally(connection.close) }
  }

  const newPrefix = (): string => `test.${stores++}`

  /** A process of a store. */
  const opened = async (prefix: string, isAlone = true, listMs?: number) => {
    const ending = new AbortController()
    const queue = await openQueue(prefix, ending.signal, isAlone, listMs)
    const end = async () => {
      ending.abort()
      await queue.close()
    }
    onTestFinished(end)
    return { queue, end }
  }

  /** A plain client of the broker. */
  const client = async () => {
    const connection = await connect(broker.url)
    onTestFinished(() => connection.close())
    const channel = await connection.createChannel()
    return { channel, ready: async (queue: string) => (await channel.checkQueue(queue)).messageCount }
  }

  queueContract('a queue on a broker', (signal) => openQueue(newPrefix(), signal), { ahead: AT_ONCE + OF_PROJECT })

  it('keeps 8 jobs of a project in the broker, and all of those behind them in the store', async () => {
    const prefix = newPrefix()
    const { queue } = await opened(prefix)
    const { ready } = await client()
    await queue.offer(jobs(100, 'a'))
    await queue.offer(jobs(3, 'b'))
    const name = `${prefix}.jobs.first`
    // Four have reached this process.
    await vi.waitFor(async () => expect(await ready(name)).toBe(OF_PROJECT + 3), WAIT)
    await sleep(200)
    expect(await ready(name)).toBe(OF_PROJECT + 3)
    const order: string[] = []
    for (let count = 0; count < 103; count++) {
      const [job] = await take(queue, 1)
      order.push(job?.jobId ?? '')
      job?.done()
      if (count % 20 === 0) expect(await ready(name)).toBeLessThanOrEqual(OF_PROJECT + 3)
    }
    expect(order.filter((id) => id.startsWith('a'))).toEqual(jobs(100, 'a').map(({ jobId }) => jobId))
    expect(order.indexOf('b2')).toBeLessThan(AT_ONCE + OF_PROJECT + 8)
    await vi.waitFor(async () => expect(await ready(name)).toBe(0), WAIT)
  })

  it('hands out jobs to several processes, and goes on where the one that dispatches them ends', async () => {
    const prefix = newPrefix()
    const one = await opened(prefix)
    const two = await opened(prefix, false)
    expect(two.queue.needsSync()).toBe(false)
    const all = jobs(40, 'a')
    await two.queue.offer(all)
    const taken = [...(await take(one.queue, AT_ONCE)), ...(await take(two.queue, AT_ONCE))]
    for (const job of taken) job.done()
    await one.end()
    const done = new Set(taken.map(({ jobId }) => jobId))
    const waiting = () => all.filter(({ jobId }) => !done.has(jobId))
    // As the runner does.
    const lists = setInterval(() => void two.queue.sync(waiting()), 50)
    onTestFinished(() => clearInterval(lists))
    while (done.size < all.length) {
      const [job] = await take(two.queue, 1)
      if (job) done.add(job.jobId)
      job?.done()
    }
    expect([...done].sort()).toEqual(all.map(({ jobId }) => jobId).sort())
  })

  it('hands out again what a process had that is gone', async () => {
    const prefix = newPrefix()
    const one = await opened(prefix)
    await one.queue.offer(jobs(2, 'a'))
    await take(one.queue, 2)
    const two = await opened(prefix, false)
    await one.end()
    expect((await take(two.queue, 2)).map(({ jobId }) => jobId).sort()).toEqual(['a0', 'a1'])
  })

  it('hands out a job once whose message comes twice, and leaves others to the dead ones', async () => {
    const prefix = newPrefix()
    const { queue } = await opened(prefix)
    const { channel, ready } = await client()
    const name = `${prefix}.jobs.first`
    for (const text of ['{"job_id":"1","project_id":"a"}', '{"job_id":"1","project_id":"a"}', 'no job', '{"job_id":2}'])
      channel.sendToQueue(name, Buffer.from(text))
    await queue.offer([{ jobId: '3', projectId: 'a', class: 'first' }])
    expect((await take(queue, 2)).map(({ jobId }) => jobId)).toEqual(['1', '3'])
    await vi.waitFor(async () => expect(await ready(`${prefix}.dead`)).toBe(2), WAIT)
  })

  it('hands a job out again that waits on after its message was taken', async () => {
    const { queue } = await opened(newPrefix(), true, 300)
    const waiting = jobs(1, 'a')
    await queue.sync(waiting)
    expect(queue.needsSync()).toBe(false)
    const [job] = await take(queue, 1)
    // As where the process cannot claim it.
    job?.done()
    await vi.waitFor(() => expect(queue.needsSync()).toBe(true), WAIT)
    await queue.sync(waiting)
    const [again] = await take(queue, 1)
    expect(again?.jobId).toBe('a0')
    again?.done()
    await queue.sync([])
    await sleep(400)
    expect(queue.needsSync()).toBe(false)
  })

  it('fills the queues anew where they are deleted', async () => {
    const prefix = newPrefix()
    const { queue } = await opened(prefix)
    const { channel } = await client()
    await channel.deleteQueue(`${prefix}.dispatch`)
    await channel.deleteQueue(`${prefix}.jobs.first`)
    await vi.waitFor(async () => {
      await queue.sync(jobs(3, 'a'))
      expect(queue.needsSync()).toBe(false)
    }, WAIT)
    const lists = setInterval(() => void queue.sync(jobs(3, 'a')), 50)
    onTestFinished(() => clearInterval(lists))
    expect((await take(queue, 3)).map(({ jobId }) => jobId).sort()).toEqual(['a0', 'a1', 'a2'])
  })
})
