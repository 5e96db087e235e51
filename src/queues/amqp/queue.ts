// Queue of jobs on an AMQP broker: one quorum queue for each class. Any number of processes take jobs from it, and one of
// them fills it.

import type { Logger } from '../../telemetry/logger.ts'
import type { JobQueue, QueuedJob } from '../queue.ts'
import { LOST_MS } from './book.ts'
import type { AmqpConnection } from './connection.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createHands, type Hands } from './hands.ts'
import { queueNames } from './messages.ts'

export interface AmqpQueueOptions {
  connection: AmqpConnection
  /** Prefix of the names of all queues, the same in all processes of the store. Repeated where it fails. */
  prefix(): Promise<string>
  /** Jobs that this process works on at once; 0 takes none. */
  atOnce: number
  log: Logger
  /** Interval of looking for lost messages and consumers, in milliseconds. @default 5000 */
  checkMs?: number
  /** Age from which the list is needed again while jobs wait, in milliseconds. @default 30000 */
  listMs?: number
}

export const createAmqpQueue = (options: AmqpQueueOptions): JobQueue => {
  const { connection, prefix, atOnce, log, checkMs = 5000, listMs = LOST_MS } = options
  const names = async () => queueNames(await prefix())
  let dispatcher: Dispatcher | undefined
  let hands: Hands | undefined
  let stopped: Promise<void> | undefined
  let isWaiting = false

  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      await hands?.stop()
      await dispatcher?.close()
    })()
    return stopped
  }

  return {
    open(signal) {
      const begun = createDispatcher({ connection, names, log, checkMs, listMs })
      const offer = (job: QueuedJob) => begun.offer([job])
      dispatcher = begun
      if (atOnce > 0)
        hands = createHands({
          connection,
          names,
          atOnce,
          log,
          checkMs,
          isWaiting: () => isWaiting,
          onTaken: begun.taken,
          offer,
        })
      connection.open()
      signal.addEventListener('abort', () => void stop(), { once: true })
    },

    async offer(jobs) {
      dispatcher?.offer(jobs)
    },

    async sync(waiting) {
      isWaiting = waiting.length > 0
      dispatcher?.sync(waiting)
    },

    needsSync: () => dispatcher?.needsSync() ?? false,

    next: async (signal) => hands?.next(signal),

    async close() {
      await stop()
      await hands?.close()
    },
  }
}
