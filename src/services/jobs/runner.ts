// Runs jobs: takes them from the queue, attempts a few at once, and takes over the jobs of processes that are gone.

import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, TintypeError } from '../../core/errors.ts'
import type { HandedJob, JobQueue, QueuedJob } from '../../queues/queue.ts'
import type { JobStore } from '../../stores/jobs/job-store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Attempt } from './attempt.ts'
import type { JobEndings } from './ending.ts'

export interface RunnerOptions {
  jobs: JobStore
  queue: JobQueue
  attempt: Attempt
  endings: Pick<JobEndings, 'resume'>
  /** Jobs at once: more than there are encoders, so that none waits for a commit. */
  atOnce: number
  /** Time for which finished jobs are kept, in milliseconds. */
  keptMs: number
  log: Logger
  /** Interval of polling for jobs that other processes have added, in milliseconds. @default 1000 */
  pollMs?: number
  /** Interval of polling for jobs of processes that are gone, in milliseconds. @default 5000 */
  adoptMs?: number
}

export interface Runner {
  /** Begins to take jobs. */
  start(): void
  /** Reports a job that another process lets wait. */
  hear(job: Pick<QueuedJob, 'jobId' | 'projectId'>): void
  /** Takes over the jobs of processes that are gone, now. */
  adopt(): void
  /** Number of attempts under way in this process. */
  running(): number
  /** Takes no further jobs; those that no encoder has begun wait again. Resolves once no attempt is under way. */
  stop(): Promise<void>
}

const PRUNE_MS = 3_600_000
const DAY_MS = 86_400_000

/** Pauses where the store or the encoders refuse work, in milliseconds: doubled each time. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

export const createRunner = (options: RunnerOptions): Runner => {
  const { jobs, queue, attempt, endings, atOnce, keptMs, log } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const lock = createSharedLock()
  const timers: NodeJS.Timeout[] = []
  const loops: Promise<void>[] = []
  let running = 0
  let pauseMs = 0
  /** Before the start, all is found by it. */
  let adoptNow = (): void => {}

  const listWaiting = async (): Promise<void> => {
    const waiting = await jobs.waiting()
    await queue.sync(
      waiting.map(({ jobId, projectId, attempts }) => ({ jobId, projectId, class: attempts > 0 ? 'again' : 'first' })),
    )
  }

  const adopt = async (): Promise<void> => {
    const adopted = await jobs.adopt()
    for (const each of adopted) await endings.resume(each)
    if (adopted.length === 0) return
    log.info({ jobs: adopted.length }, 'took over jobs of a process that is gone')
    await listWaiting()
  }

  const prune = async (): Promise<void> => {
    const nowMs = Date.now()
    await jobs.prune({ finishedBeforeMs: nowMs - keptMs, keysBeforeMs: nowMs - DAY_MS })
  }

  const work = async (handed: HandedJob): Promise<void> => {
    const claim = await jobs.claim(handed.jobId, handed.projectId)
    if (!claim) return handed.done()
    running++
    const outcome = await attempt(claim, signal).finally(() => running--)
    if (outcome === 'ended') {
      pauseMs = 0
      return handed.done()
    }
    if (outcome === 'wait') {
      pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, pauseMs * 2), LONGEST_PAUSE_MS)
      await pause(pauseMs, signal)
    }
    handed.done()
    await queue.offer([{ ...handed, class: outcome === 'again' ? 'again' : handed.class }])
  }

  const loop = async (): Promise<void> => {
    for (let handed = await queue.next(signal); handed; handed = await queue.next(signal)) {
      const job = handed
      try {
        // A job whose attempt has ended its process may do so again: it takes no other with it.
        await (job.class === 'again' ? lock.exclusive(() => work(job)) : lock.shared(() => work(job)))
      } catch (error) {
        log.warn({ error, jobId: job.jobId }, 'could not begin a job; trying again')
        await pause(FIRST_PAUSE_MS, signal)
        job.again()
      }
    }
  }

  /** Repeats work that never overlaps itself. Its failures are logged. @returns does it now, or once more where it is under way */
  const repeat = (name: string, intervalMs: number, repeated: () => Promise<void>): (() => void) => {
    let isBusy = false
    let isWanted = false
    const once = () => {
      if (isBusy || signal.aborted) return
      isBusy = true
      isWanted = false
      repeated()
        .catch((error: unknown) => log.warn({ error: messageOf(error) }, `could not ${name} jobs; trying again`))
        .finally(() => {
          isBusy = false
          if (isWanted) once()
        })
    }
    once()
    timers.push(setInterval(once, intervalMs).unref())
    return () => {
      isWanted = true
      once()
    }
  }

  return {
    start() {
      if (signal.aborted) return
      queue.open(signal)
      jobs
        .repair()
        .then((count) => {
          if (count > 0)
            log.warn({ jobs: count }, 'found jobs that a backup or a power cut had left; accepting them again')
        })
        .catch((error: unknown) => log.warn({ error }, 'could not repair jobs'))
      adoptNow = repeat('take over', options.adoptMs ?? 5000, adopt)
      repeat('list', options.pollMs ?? 1000, async () => {
        if (jobs.mayHaveChanged() || queue.needsSync()) await listWaiting()
      })
      repeat('remove old', PRUNE_MS, prune)
      for (let count = 0; count < atOnce; count++) loops.push(loop())
    },

    hear({ jobId, projectId }) {
      // It may be taken already: then the claim fails.
      if (loops.length > 0 && !signal.aborted) void queue.offer([{ jobId, projectId, class: 'first' }])
    },

    adopt: () => adoptNow(),

    running: () => running,

    async stop() {
      for (const timer of timers) clearInterval(timer)
      stopping.abort(new TintypeError('shutting_down', 'The server is shutting down.'))
      await Promise.all(loops)
      await queue.close()
    },
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { signal, ref: false }).catch(() => {})

/** Lock of this process: shared work runs side by side, exclusive work alone. Both are let in by arrival. */
const createSharedLock = () => {
  let sharing = 0
  let isExclusive = false
  const waiting: { isExclusive: boolean; begin: () => void }[] = []

  const letIn = (): void => {
    for (let [first] = waiting; first; [first] = waiting) {
      if (isExclusive || (first.isExclusive && sharing > 0)) return
      waiting.shift()
      if (first.isExclusive) isExclusive = true
      else sharing++
      first.begin()
    }
  }

  const enter = (exclusive: boolean): Promise<void> =>
    new Promise((begin) => {
      waiting.push({ isExclusive: exclusive, begin })
      letIn()
    })

  return {
    async shared(work: () => Promise<void>): Promise<void> {
      await enter(false)
      await work().finally(() => {
        sharing--
        letIn()
      })
    },
    async exclusive(work: () => Promise<void>): Promise<void> {
      await enter(true)
      await work().finally(() => {
        isExclusive = false
        letIn()
      })
    },
  }
}
