// Delivers webhooks: one process of all that share the store, by a lease, with a runner for each endpoint.
//
// Which projects changed is found by hint and verify: commits of this process, hints of other processes, and a look at all
// projects at the start, when a hint was lost, and every few minutes. All of them only make a runner compare its cursor
// with the project, so one too many does no harm, and a lost one is late.

import { FINISHED_JOBS } from '../../core/webhooks/events.ts'
import type { Webhook } from '../../core/webhooks/model.ts'
import type { Hints } from '../../stores/catalogue/hints.ts'
import type { JobStore } from '../../stores/jobs/job-store.ts'
import type { Lease } from '../../stores/private/lease.ts'
import type { Store } from '../../stores/store.ts'
import { createRunner, type Runner, type RunnerOptions } from './runner.ts'

export interface DelivererOptions
  extends Pick<RunnerOptions, 'store' | 'changesAfter' | 'attempts' | 'rights' | 'log' | 'now' | 'sleep' | 'random'> {
  changes: RunnerOptions['changes'] & Pick<Store, 'projectIds' | 'watch' | 'watchCommits'>
  jobs: Pick<JobStore, 'newestFinished' | 'onFinished'>
  /** Hints of all processes. */
  hints: Pick<Hints, 'read'>
  /** Interval at which hints and changed webhooks are looked for, in milliseconds. @default 1000 */
  pollMs?: number
  /** Interval of checking all projects, in milliseconds. @default 600000 (10 minutes) */
  sweepMs?: number
}

export interface Deliverer {
  /** Begins to deliver. To be called once, when the store is open and can be written. */
  start(): void
  /** Reports that this process changed a webhook. */
  refresh(): void
  /** Backlog that this process is to deliver. */
  waiting(): { revisions: number; oldestMs: number | undefined }
  /** Ends attempts under way, and lets another process go on. */
  close(): Promise<void>
}

interface Running {
  runner: Runner
  webhook: Webhook
  end: AbortController
}

export const createDeliverer = (options: DelivererOptions): Deliverer => {
  const { store, changes, jobs, hints, log, now, sleep, pollMs = 1000, sweepMs = 600_000 } = options
  const running = new Map<string, Running>()
  const end = new AbortController()
  let lease: Lease | undefined
  let interrupt = new AbortController()
  let sweepAtMs = 0
  /** Cursor of the newest finished job that was reported to the runners; undefined where none was. */
  let newestJob: number | undefined
  let following: Promise<void> | undefined
  let hasFailed = false
  let endJobs = (): void => {}

  const wake = (projectId: string): void => {
    for (const { runner, webhook } of running.values())
      if (webhook.project_id === null || webhook.project_id === projectId) runner.wake(projectId)
  }

  const wakeForJobs = (): void => {
    for (const { runner, webhook } of running.values()) if (wantsJobs(webhook)) runner.wake(FINISHED_JOBS)
  }

  const stop = (id: string): Promise<boolean> | undefined => {
    const found = running.get(id)
    running.delete(id)
    found?.end.abort()
    return found?.runner.ended
  }

  /** Ends all runners, before another process can begin. */
  const stepDown = async (): Promise<void> => {
    await Promise.all([...running.keys()].map(stop))
    const before = lease
    lease = undefined
    await before?.release()
  }

  const run = (webhook: Webhook, held: Lease): void => {
    const own = new AbortController()
    const runner = createRunner({ ...options, id: webhook.id, isHeld: held.isHeld, signal: own.signal })
    running.set(webhook.id, { runner, webhook, end: own })
    void runner.ended.then((isWell) => {
      if (!isWell) refresh()
      if (!isWell && lease === held) void stepDown()
    })
    if (wantsJobs(webhook)) runner.wake(FINISHED_JOBS)
    const { project_id: projectId } = webhook
    if (projectId === null) {
      changes.watchCommits((change) => runner.wake(change.projectId), { signal: own.signal })
      return
    }
    // Hears of other workers within milliseconds.
    const onChange = () => runner.wake(projectId)
    void changes.watch([{ projectId }], onChange, { signal: own.signal })
    runner.wake(projectId)
  }

  /** Compares the runners with the webhooks. True where one of all projects is new. */
  const follow = async (webhooks: readonly Webhook[], held: Lease): Promise<boolean> => {
    const known = new Set(webhooks.map(({ id }) => id))
    for (const id of running.keys()) if (!known.has(id)) await stop(id)
    let isNew = false
    for (const webhook of webhooks) {
      const found = running.get(webhook.id)
      if (found && found.webhook.updated_at === webhook.updated_at) continue
      if (found) {
        found.webhook = webhook
        found.runner.poke()
        if (wantsJobs(webhook)) found.runner.wake(FINISHED_JOBS)
      } else {
        run(webhook, held)
        isNew ||= webhook.project_id === null
      }
    }
    return isNew
  }

  const sweep = async (): Promise<void> => {
    sweepAtMs = now() + sweepMs
    for (const projectId of await changes.projectIds()) wake(projectId)
    // A project whose folder is gone altogether has a cursor alone.
    for (const { webhook, runner } of running.values())
      for (const projectId of await store.cursors.projects(webhook.id)) runner.wake(projectId)
  }

  const tick = async (): Promise<void> => {
    if (!lease && !store.mayHaveAny()) return
    const webhooks = (await store.list()).filter(({ enabled }) => enabled)
    if (webhooks.length === 0 || lease?.isHeld() === false) await stepDown()
    if (webhooks.length === 0) return
    if (!lease) {
      lease = await store.takeLease()
      if (!lease) return
      hints.read()
      sweepAtMs = 0
      newestJob = undefined
    }
    const isNew = await follow(webhooks, lease)
    const { ids, times, isLost } = hints.read()
    for (const projectId of [...ids, ...times.keys()]) wake(projectId)
    const newest = await jobs.newestFinished()
    if (newest !== newestJob) wakeForJobs()
    newestJob = newest
    if (isNew || isLost || now() >= sweepAtMs) await sweep()
  }

  const loop = async (): Promise<void> => {
    while (!end.signal.aborted) {
      try {
        await tick()
        hasFailed = false
      } catch (error) {
        if (!hasFailed) log.warn({ error }, 'could not look for webhooks; trying again')
        hasFailed = true
      }
      await sleep(pollMs, interrupt.signal)
      interrupt = new AbortController()
      if (end.signal.aborted) interrupt.abort()
    }
    await stepDown()
  }

  const refresh = (): void => interrupt.abort()

  return {
    start() {
      endJobs = jobs.onFinished(wakeForJobs)
      following = loop()
    },

    refresh,

    waiting() {
      const all = [...running.values()].map(({ runner }) => runner.waiting())
      const times = all.flatMap(({ oldestMs }) => oldestMs ?? [])
      return {
        revisions: all.reduce((sum, { revisions }) => sum + revisions, 0),
        oldestMs: times.length > 0 ? Math.min(...times) : undefined,
      }
    },

    async close() {
      end.abort()
      endJobs()
      refresh()
      await following
    },
  }
}

const wantsJobs = ({ events }: Webhook): boolean => events === null || events.some((type) => type.startsWith('job.'))
