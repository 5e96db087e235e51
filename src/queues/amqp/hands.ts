// Hands of a process: as many jobs as it works on at once, which the broker hands out and has back where the process ends.

import type { ConfirmChannel, ConsumeMessage } from 'amqplib'
import type { Logger } from '../../telemetry/logger.ts'
import { type HandedJob, JOB_CLASSES, type JobClass, type QueuedJob } from '../queue.ts'
import { createTakers } from '../takers.ts'
import type { AmqpConnection } from './connection.ts'
import { declareJobs, decodeJob, type QueueNames } from './messages.ts'
import { within } from './within.ts'

export interface HandsOptions {
  connection: AmqpConnection
  names(): Promise<QueueNames>
  /** Jobs at once. */
  atOnce: number
  log: Logger
  /** Interval of looking for jobs that do not arrive, in milliseconds. */
  checkMs: number
  /** True where jobs wait, by the last list of the store. */
  isWaiting(): boolean
  /** Called with each job that arrives. */
  onTaken(jobId: string): void
  /** Hands a job out again, behind others. */
  offer(job: QueuedJob): void
}

export interface Hands {
  /** The next job of those that have arrived, or the first one that arrives. Undefined once the signal aborts. */
  next(signal: AbortSignal): Promise<HandedJob | undefined>
  /** Takes no further jobs. Those that were not handed out go back. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** Checks in a row that find jobs waiting and none here, until the channel is opened anew. */
const MOST_IDLE_CHECKS = 6

/** Longest time for the end of the consumers, in milliseconds. */
const STOP_MS = 2000

interface Delivery {
  job: QueuedJob
  channel: ConfirmChannel
  message: ConsumeMessage
}

export const createHands = ({
  connection,
  names,
  atOnce,
  checkMs,
  isWaiting,
  log,
  onTaken,
  offer,
}: HandsOptions): Hands => {
  const arrived = new Map<JobClass, Delivery[]>(JOB_CLASSES.map((each) => [each, []]))
  /** Ids of jobs that have arrived, or were handed out and are not settled. */
  const known = new Set<string>()
  let isStopped = false
  let idleChecks = 0
  let consumers: { channel: ConfirmChannel; tags: string[] } | undefined

  const setup = async (channel: ConfirmChannel): Promise<void> => {
    // The broker hands out again what came by an earlier channel. What was handed out here goes on.
    for (const deliveries of arrived.values()) for (const { job } of deliveries.splice(0)) known.delete(job.jobId)
    if (isStopped) return
    const queues = await names()
    await declareJobs(channel, queues)
    const tags: string[] = []
    for (const each of JOB_CLASSES) {
      // Jobs that have ended their process run alone.
      await channel.prefetch(each === 'again' ? 1 : atOnce)
      const { consumerTag } = await channel.consume(queues.jobs(each), (message) => receive(channel, each, message))
      tags.push(consumerTag)
    }
    consumers = { channel, tags }
  }

  const receive = (channel: ConfirmChannel, jobClass: JobClass, message: ConsumeMessage | null): void => {
    // The broker has ended the consumer, such as where its queue was deleted.
    if (!message) return void channel.close().catch(() => {})
    const job = decodeJob(message.content, jobClass)
    if (!job) {
      log.warn({ queue: message.fields.routingKey }, 'a message is no job; leaving it to the dead ones')
      quietly(() => channel.reject(message, false))
      return
    }
    onTaken(job.jobId)
    if (known.has(job.jobId)) {
      quietly(() => channel.ack(message))
      return
    }
    known.add(job.jobId)
    arrived.get(jobClass)?.push({ job, channel, message })
    takers.wake()
  }

  const handed = ({ job, channel, message }: Delivery): HandedJob => {
    const settle = (): boolean => {
      if (!known.delete(job.jobId)) return false
      quietly(() => channel.ack(message))
      return true
    }
    return {
      ...job,
      done: () => void settle(),
      again() {
        if (settle()) offer(job)
      },
    }
  }

  const take = (): HandedJob | undefined => {
    for (const deliveries of arrived.values()) {
      const delivery = deliveries.shift()
      if (delivery) return handed(delivery)
    }
    return undefined
  }

  const takers = createTakers(take)

  /** RabbitMQ 3.10 can go on delivering to a consumer that is gone, of a queue that is deleted and declared again at once. */
  const check = (): void => {
    const isIdle = known.size === 0 && isWaiting()
    idleChecks = isIdle ? idleChecks + 1 : 0
    if (idleChecks < MOST_IDLE_CHECKS) return
    idleChecks = 0
    log.warn('jobs wait and none arrives; taking them by a new channel')
    channel
      .current()
      ?.close()
      .catch(() => {})
  }

  const channel = connection.addChannel('jobs', setup)
  const timer = setInterval(check, checkMs).unref()

  return {
    next: takers.next,

    async stop() {
      isStopped = true
      clearInterval(timer)
      takers.end()
      const { channel: open, tags = [] } = consumers ?? {}
      await within(STOP_MS, Promise.all(tags.map((tag) => open?.cancel(tag))))
      for (const deliveries of arrived.values())
        for (const { channel, message } of deliveries.splice(0)) quietly(() => channel.nack(message))
    },

    close: channel.close,
  }
}

/** On a channel that is closed already, the broker has the message back. */
const quietly = (settle: () => void): void => {
  try {
    settle()
  } catch {
    // See above.
  }
}
