// Queue of jobs: says which job is next. The store stays the truth: a message may be lost or come twice, and the jobs that
// nothing was heard of are offered again. test/contracts/queue.ts checks these promises.

/** Classes of priority, the first one first: jobs whose earlier attempt has ended their worker, and all others. */
export const JOB_CLASSES = ['again', 'first'] as const

export type JobClass = (typeof JOB_CLASSES)[number]

export interface QueuedJob {
  jobId: string
  projectId: string
  class: JobClass
}

/** A job that was handed to this process. Settle it once, by either call. */
export interface HandedJob extends QueuedJob {
  /** The job has ended, or is another process's. */
  done(): void
  /** The job is to be handed out again, behind those that wait. */
  again(): void
}

export interface JobQueue {
  /** Begins to hand out jobs. To be called once, by a process that calls {@link sync} too. @param signal ends it */
  open(signal: AbortSignal): void
  /**
   * Hands over jobs that have begun to wait. Those that the queue has already are left out. A hint: what is lost comes by
   * {@link sync}. Never throws.
   */
  offer(jobs: readonly QueuedJob[]): Promise<void>
  /** Hands over the list of all jobs that wait, each time that it has changed. Never throws. */
  sync(waiting: readonly QueuedJob[]): Promise<void>
  /** True where the queue needs the list again, though it has not changed. */
  needsSync(): boolean
  /**
   * The next job of the first class that has any: of the projects with waiting jobs, each has its turn, and in a project
   * the jobs come in the order of their offers. On a broker, up to 8 jobs of a project are handed out in one turn. Waits
   * for a job. Undefined once the signal aborts.
   */
  next(signal: AbortSignal): Promise<HandedJob | undefined>
  /** Releases connections. Jobs that were handed out and not settled may be handed to other processes. */
  close(): Promise<void>
}
