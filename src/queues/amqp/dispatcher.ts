// Dispatcher: fills the queues of jobs, in one of the processes that share a store. All of them report to its queue, whose
// messages the broker gives to a single consumer; where that one is gone, to another. The first message says which it is.
//
// What a dispatcher knows ends with its channel. The next one empties the queues and fills them from the list of the store.

import type { ConfirmChannel } from 'amqplib'
import { messageOf } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { JOB_CLASSES, type JobClass, type QueuedJob } from '../queue.ts'
import { type Book, createBook } from './book.ts'
import type { AmqpConnection } from './connection.ts'
import {
  type DispatchMessage,
  declareDispatch,
  declareJobs,
  decodeDispatch,
  encodeJob,
  encodeOffers,
  type QueueNames,
} from './messages.ts'
import { within } from './within.ts'

export interface DispatcherOptions {
  connection: AmqpConnection
  names(): Promise<QueueNames>
  log: Logger
  /** Interval of looking for lost messages, in milliseconds. */
  checkMs: number
  /** Age from which the list is needed again while jobs wait, in milliseconds. */
  listMs: number
}

export interface Dispatcher {
  /** Reports jobs that wait. A hint: they may not arrive. */
  offer(jobs: readonly QueuedJob[]): void
  /** Reports jobs whose messages have reached this process. */
  taken(jobId: string): void
  /** Takes the list of all jobs that wait, where this process is the dispatcher. */
  sync(waiting: readonly QueuedJob[]): void
  /**
   * True where this process is the dispatcher since the last list, and now and then while jobs wait: a process may have
   * taken the message of a job, and not the job.
   */
  needsSync(): boolean
  /** Leaves the work to another process. */
  close(): Promise<void>
}

/** Longest time for emptying a queue, in milliseconds: one without a leader never answers. */
const RESET_MS = 5000

const MOST_IN_MESSAGE = 1000

/** What a process knows while it is the dispatcher. */
interface Term {
  channel: ConfirmChannel
  book: Book
  /** The queues are empty: they may be filled. */
  isReady: boolean
}

export const createDispatcher = ({ connection, names, log, checkMs, listMs }: DispatcherOptions): Dispatcher => {
  let term: Term | undefined
  let needsSync = false
  let hasWaiting = false
  let listedMs = 0
  let queues: QueueNames | undefined
  let taken: string[] = []
  /** Classes whose messages are being counted. */
  const recovering = new Set<JobClass>()

  const setup = async (channel: ConfirmChannel): Promise<void> => {
    queues = await names()
    await declareJobs(channel, queues)
    await declareDispatch(channel, queues)
    // Its queue was deleted: the next setup declares it.
    channel.on('return', () => void channel.close().catch(() => {}))
    await channel.consume(queues.dispatch, (message) => receive(channel, message?.content), { noAck: true })
    // The first one of all processes hears at once that it is the dispatcher.
    channel.sendToQueue(queues.dispatch, Buffer.from('{}'))
  }

  const receive = (channel: ConfirmChannel, content: Buffer | undefined): void => {
    // The broker has ended the consumer, such as where its queue was deleted.
    if (!content) return void channel.close().catch(() => {})
    if (term?.channel !== channel) begin(channel)
    const { offered, taken: reported } = decodeDispatch(content)
    term?.book.taken(reported)
    term?.book.add(offered, Date.now())
    fill()
  }

  const begin = (channel: ConfirmChannel): void => {
    const begun: Term = { channel, book: createBook(), isReady: false }
    term = begun
    log.info('dispatching jobs to the broker')
    channel.on('close', () => {
      if (term === begun) term = undefined
    })
    emptyQueues()
      .then(() => {
        begun.isReady = true
        needsSync = true
        fill()
      })
      // The channel is set up again, and with it the queues.
      .catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'could not empty the queues of jobs; trying again')
        channel.close().catch(() => {})
      })
  }

  /** The messages are those of an earlier dispatcher. Consumers keep theirs. */
  const emptyQueues = async (): Promise<void> => {
    const { jobs } = await names()
    for (const each of JOB_CLASSES) {
      const emptied = connection.once((channel) => channel.purgeQueue(jobs(each)), RESET_MS)
      const isEmpty = await emptied.then(
        () => true,
        () => false,
      )
      if (isEmpty) continue
      // A quorum queue that was made moments before a kill of its broker has no leader afterwards (RabbitMQ 3.10).
      log.warn({ queue: jobs(each) }, 'a queue of jobs does not answer; making it anew')
      const anew = async () => {
        await connection.once((channel) => channel.deleteQueue(jobs(each)), RESET_MS)
        await connection.once(async (channel) => declareJobs(channel, await names()), RESET_MS)
      }
      if (!(await within(RESET_MS, anew()))) throw new Error(`the queue ${jobs(each)} cannot be made anew`)
    }
  }

  const fill = (): void => {
    if (!term?.isReady || !queues) return
    const { book } = term
    for (const job of book.due(Date.now()))
      channel.publish(queues.jobs(job.class), encodeJob(job), { persistent: true, mandatory: true }).then((isKept) => {
        if (!isKept) book.refused([job])
      })
  }

  /** Number of messages that wait in the broker. */
  const readyOf = async (queue: string): Promise<number> =>
    (await connection.once((open) => open.checkQueue(queue))).messageCount

  const recover = async ({ book }: Term, jobClass: JobClass): Promise<void> => {
    const ready = queues && (await readyOf(queues.jobs(jobClass)))
    const count = ready === undefined ? 0 : book.recover(jobClass, ready, Date.now())
    if (count > 0) log.warn({ jobs: count }, 'messages of jobs were lost; sending them again')
    fill()
  }

  const check = (): void => {
    const current = term
    if (!current) {
      // So that another process hears that it is the dispatcher now.
      if (hasWaiting) send({})
      return
    }
    // After messages that a broker has refused.
    fill()
    for (const each of current.book.doubtful(Date.now())) {
      if (recovering.has(each)) continue
      recovering.add(each)
      recover(current, each)
        .catch((error: unknown) =>
          log.warn({ error: messageOf(error) }, 'could not look for lost messages; trying again'),
        )
        .finally(() => recovering.delete(each))
    }
  }

  const send = (message: DispatchMessage): void => {
    if (queues) void channel.publish(queues.dispatch, message)
  }

  const reportTaken = (): void => {
    if (taken.length === 0) return
    const jobIds = taken
    taken = []
    send({ taken: jobIds })
  }

  const channel = connection.addChannel('dispatch', setup)
  const timer = setInterval(check, checkMs).unref()

  return {
    offer(jobs) {
      // Before: one of them may be offered again.
      reportTaken()
      for (let at = 0; at < jobs.length; at += MOST_IN_MESSAGE) send(encodeOffers(jobs.slice(at, at + MOST_IN_MESSAGE)))
    },

    taken(jobId) {
      if (taken.push(jobId) === 1) setImmediate(reportTaken)
    },

    sync(waiting) {
      hasWaiting = waiting.length > 0
      if (!term?.isReady) return
      needsSync = false
      listedMs = performance.now()
      term.book.add(waiting, Date.now())
      term.book.keepOnly(new Set(waiting.map(({ jobId }) => jobId)), Date.now())
      fill()
    },

    needsSync: () => term?.isReady === true && (needsSync || (hasWaiting && performance.now() - listedMs >= listMs)),

    async close() {
      clearInterval(timer)
      await channel.close()
      term = undefined
    },
  }
}
