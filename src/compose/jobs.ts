// Jobs: their store and queue, the service, and the runner that works on them in this process.

import { availableParallelism } from 'node:os'
import type { QueueState } from '../core/jobs/queue-url.ts'
import type { EncoderPool } from '../image/encoder.ts'
import { createAmqpQueue } from '../queues/amqp/queue.ts'
import { createMemoryQueue } from '../queues/memory.ts'
import type { QueuedJob } from '../queues/queue.ts'
import { createUploadSteps } from '../services/images/upload.ts'
import { createAcceptance } from '../services/jobs/accept.ts'
import { createAttempt } from '../services/jobs/attempt.ts'
import { createBatchService } from '../services/jobs/batches.ts'
import { createJobEndings } from '../services/jobs/ending.ts'
import { createJobService } from '../services/jobs/jobs.ts'
import { createRunner } from '../services/jobs/runner.ts'
import { secondsSince } from '../telemetry/sampled-metrics.ts'
import type { Broker } from './background/broker.ts'
import type { Foundation } from './foundation.ts'
import type { buildImages } from './images.ts'
import type { buildStore } from './store.ts'

const DAY_MS = 86_400_000

export const buildJobs = (
  { options, log, metrics }: Foundation,
  { store, marks, jobStore, ready }: ReturnType<typeof buildStore>,
  { limits, variants }: Pick<ReturnType<typeof buildImages>, 'limits' | 'variants'>,
  encoders: EncoderPool,
  broker: Broker | undefined,
) => {
  const { newVisibility, jobDays = 7, maxQueuedJobs = 10_000 } = options
  const { maxImages } = limits
  const now = () => new Date()
  // While some are received, published or gathered for a commit, others are encoded.
  const atOnce = 4 * (options.encoders ?? availableParallelism())
  const queue = broker ? createAmqpQueue({ ...broker, atOnce, log }) : createMemoryQueue()
  const steps = createUploadSteps({ store, encoders, variants, newVisibility, ...limits })
  const endings = createJobEndings({ store, jobs: jobStore, log, observer: metrics.observer, now })
  const shared = { store, jobs: jobStore, endings, maxImages, now }
  const queuedListeners = new Set<(job: QueuedJob) => void>()
  const acceptance = createAcceptance({
    ...shared,
    queue: {
      offer(offered) {
        for (const listener of queuedListeners) for (const job of offered) listener(job)
        return queue.offer(offered)
      },
    },
    answers: steps.answers,
    marks,
    maxQueued: maxQueuedJobs,
    newVisibility,
  })
  const batches = createBatchService({ store, jobs: jobStore, acceptance, now })
  const runner = createRunner({
    jobs: jobStore,
    queue,
    attempt: createAttempt({ ...shared, steps, log }),
    endings,
    atOnce,
    keptMs: jobDays * DAY_MS,
    log,
  })
  metrics.watchJobs(() => {
    const { queued, oldestMs } = jobStore.counts()
    return {
      queued,
      running: runner.running(),
      oldestSeconds: secondsSince(oldestMs),
    }
  })
  ready.then(
    () => {
      if (!store.isReadOnly()) runner.start()
    },
    () => {},
  )
  return {
    jobs: createJobService({ store, jobs: jobStore, acceptance, batches, endings }),
    /** Calls a listener with each job that this process lets wait. */
    onQueued: (listener: (job: QueuedJob) => void) => void queuedListeners.add(listener),
    /** Reports a job that another process lets wait. A broker hands it out by itself. */
    hearJob: broker ? () => {} : runner.hear,
    /** Reports the end of another process. */
    hearEnd: runner.adopt,
    /** State of the broker; undefined where none carries jobs. */
    queueState: (): QueueState | undefined => {
      if (!broker || store.isReadOnly()) return undefined
      return broker.connection.isConnected() ? 'connected' : 'disconnected'
    },
    closeJobs: runner.stop,
  }
}
