// Book of the dispatcher: the jobs that wait behind the broker, and those whose messages are in it. Pure.
//
// A broker hands out messages in their order. So that one project's thousands do not stand before another's one, a project
// has 8 messages there at most, and jobs of the second class come once those of the first have been taken.

import { JOB_CLASSES, type JobClass, type QueuedJob } from '../queue.ts'

/** Messages of one project that wait in the broker at once. */
export const MOST_OF_PROJECT = 8

/** Age of a message from which it may have been lost, in milliseconds. */
export const LOST_MS = 30_000

/** Age from which a job that the store does not list is known to wait no more, in milliseconds: longer than a listing. */
const UNLISTED_MS = 5000

export interface Book {
  /** Adds jobs behind those of their projects. Known ones are left out. */
  add(jobs: readonly QueuedJob[], nowMs: number): void
  /** Forgets the jobs that wait no more. @param jobIds all that wait */
  keepOnly(jobIds: ReadonlySet<string>, nowMs: number): void
  /** Jobs to be published now. They count as published. */
  due(nowMs: number): QueuedJob[]
  /** The broker did not take these jobs: they come first again. */
  refused(jobs: readonly QueuedJob[]): void
  /** Forgets jobs whose messages have reached a process. */
  taken(jobIds: readonly string[]): void
  /** Classes with messages old enough to have been lost. */
  doubtful(nowMs: number): JobClass[]
  /**
   * Counts old messages as not published where the broker has fewer: they are published again.
   *
   * @param ready number of messages that wait in the broker
   * @returns the number of messages, of which some may be there yet: a doubled one changes nothing
   */
  recover(jobClass: JobClass, ready: number, nowMs: number): number
}

interface Entry {
  job: QueuedJob
  addedMs: number
  /** Undefined while it waits behind the broker. */
  publishedMs?: number
}

export const createBook = (): Book => {
  const entries = new Map<string, Entry>()
  /** By class, then by project in the order of their turns: the jobs that wait behind the broker. */
  const lines = new Map<JobClass, Map<string, QueuedJob[]>>(JOB_CLASSES.map((each) => [each, new Map()]))
  /** Numbers of published jobs. */
  const ofProject = new Map<string, number>()
  const ofClass = new Map<JobClass, number>()

  const lineOf = ({ class: jobClass, projectId }: QueuedJob): QueuedJob[] => {
    const projects = lines.get(jobClass) ?? new Map<string, QueuedJob[]>()
    const line = projects.get(projectId) ?? []
    projects.set(projectId, line)
    return line
  }

  const count = ({ projectId, class: jobClass }: QueuedJob, by: 1 | -1): void => {
    const left = (ofProject.get(projectId) ?? 0) + by
    if (left > 0) ofProject.set(projectId, left)
    else ofProject.delete(projectId)
    ofClass.set(jobClass, (ofClass.get(jobClass) ?? 0) + by)
  }

  const forget = (jobId: string): void => {
    const entry = entries.get(jobId)
    if (!entry) return
    entries.delete(jobId)
    if (entry.publishedMs !== undefined) count(entry.job, -1)
  }

  const refused = (jobs: readonly QueuedJob[]): void => {
    for (const job of jobs.toReversed()) {
      const entry = entries.get(job.jobId)
      if (entry?.publishedMs === undefined) continue
      delete entry.publishedMs
      count(job, -1)
      lineOf(job).unshift(job)
    }
  }

  const oldOf = (jobClass: JobClass, nowMs: number): QueuedJob[] =>
    [...entries.values()].flatMap(({ job, publishedMs }) =>
      job.class === jobClass && publishedMs !== undefined && nowMs - publishedMs >= LOST_MS ? [job] : [],
    )

  /** The next job of a line that still waits. */
  const shift = (line: QueuedJob[]): Entry | undefined => {
    for (let job = line.shift(); job; job = line.shift()) {
      const entry = entries.get(job.jobId)
      if (entry?.job === job) return entry
    }
    return undefined
  }

  /** One job of each project that may have another message. */
  const dueOf = (projects: Map<string, QueuedJob[]>, nowMs: number): QueuedJob[] => {
    const due: QueuedJob[] = []
    for (const [projectId, line] of [...projects]) {
      if ((ofProject.get(projectId) ?? 0) >= MOST_OF_PROJECT) continue
      const entry = shift(line)
      // To the end of the turns, where it has more.
      projects.delete(projectId)
      if (line.length > 0) projects.set(projectId, line)
      if (!entry) continue
      entry.publishedMs = nowMs
      count(entry.job, 1)
      due.push(entry.job)
    }
    return due
  }

  return {
    add(jobs, nowMs) {
      for (const job of jobs) {
        if (entries.has(job.jobId)) continue
        entries.set(job.jobId, { job, addedMs: nowMs })
        lineOf(job).push(job)
      }
    },

    keepOnly(jobIds, nowMs) {
      for (const [jobId, { addedMs, publishedMs }] of entries)
        if (!jobIds.has(jobId) && nowMs - (publishedMs ?? addedMs) >= UNLISTED_MS) forget(jobId)
    },

    due(nowMs) {
      const all: QueuedJob[] = []
      for (const [jobClass, projects] of lines) {
        for (let some = dueOf(projects, nowMs); some.length > 0; some = dueOf(projects, nowMs)) all.push(...some)
        if ((ofClass.get(jobClass) ?? 0) > 0) break
      }
      return all
    },

    refused,

    taken(jobIds) {
      for (const jobId of jobIds) forget(jobId)
    },

    doubtful: (nowMs) => JOB_CLASSES.filter((each) => oldOf(each, nowMs).length > 0),

    recover(jobClass, ready, nowMs) {
      const old = oldOf(jobClass, nowMs)
      if (old.length <= ready) return 0
      refused(old)
      return old.length
    },
  }
}
