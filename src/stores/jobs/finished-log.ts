// Finished jobs in the order in which they became durable: hard links to their records, by numbers without a gap.

import { lstatSync } from 'node:fs'
import { rmdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type FinishedJob, isFinished, isJobId, type Job } from '../../core/jobs/job.ts'
import { entryNumbers } from '../file/append-log.ts'
import { codeOf, linkNew, makeFolder, removeFile, type SharedSync, unlessMissing } from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import type { FinishedEntry } from './job-store.ts'
import type { JobPaths } from './layout.ts'
import type { JobRecords } from './records.ts'

export interface FinishedLog {
  /** Adds a finished job, unless its record has a link already. */
  append(jobId: string): Promise<void>
  /** {@link append} of a job that was finished before. @returns it @throws Error where it has not finished */
  appendAgain(jobId: string): Promise<FinishedJob>
  /** False where the record of a job has no link. Synchronous: a `stat`. */
  mayHave(jobId: string): boolean
  after(cursor: number, limit: number): Promise<FinishedEntry[]>
  newest(): Promise<number>
  /** Removes entries of jobs that finished before a time, and calls `remove` for jobs whose record is that of the entry. */
  prune(beforeMs: number, remove: (job: FinishedJob) => Promise<void>): Promise<number>
}

/** Taken numbers in a row after which the folders are listed again. */
const MOST_TRIES = 64

/** Jobs that one call of `prune` removes: the next one goes on. */
const MOST_PRUNED = 10_000

export const createFinishedLog = (
  paths: JobPaths,
  records: Pick<JobRecords, 'read' | 'readAt'>,
  syncFolder: SharedSync,
): FinishedLog => {
  let known = 0

  /** Names of folders, in the order of their numbers. Other names are no folders of the log, such as `00`. */
  const folders = async (): Promise<string[]> => {
    const names = await namesIn(paths.finished)
    return names.filter((name) => /^(?:0|[1-9]\d{0,11})$/.test(name)).sort((a, b) => Number(a) - Number(b))
  }

  /** Numbers of the entries in a folder, ascending. Other files are no entries, such as `0001.json` and what belongs elsewhere. */
  const numbersIn = async (folder: string): Promise<number[]> => {
    const path = join(paths.finished, folder)
    return entryNumbers(await namesIn(path)).filter((number) => paths.finishedFolder(number) === path)
  }

  const newest = async (): Promise<number> => {
    for (const folder of (await folders()).toReversed()) {
      const last = (await numbersIn(folder)).at(-1)
      if (last !== undefined) return last
    }
    return 0
  }

  const linkTo = async (record: string, number: number): Promise<boolean> => {
    const folder = paths.finishedFolder(number)
    refuseLinks(paths.root, folder)
    try {
      return await linkNew(record, paths.finishedEntry(number))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      await makeFolder(folder)
      return linkNew(record, paths.finishedEntry(number))
    }
  }

  const read = async (number: number): Promise<FinishedEntry | undefined> => {
    const job = await records.readAt(paths.finishedEntry(number))
    return job && isFinished(job) ? { cursor: number, job } : undefined
  }

  const append = async (jobId: string): Promise<void> => {
    const record = paths.record(jobId)
    if (lstatSync(record).nlink > 1) return
    if (known === 0) known = await newest()
    for (let tries = 1; ; tries++) {
      const number = known + 1
      const isOurs = await linkTo(record, number)
      known = !isOurs && tries % MOST_TRIES === 0 ? Math.max(number, await newest()) : number
      if (isOurs) return syncFolder(paths.finishedFolder(number))
    }
  }

  return {
    newest,

    append,

    async appendAgain(jobId) {
      const job = await records.read(jobId)
      if (!job || !isFinished(job)) throw new Error(`job ${jobId} has not finished`)
      await append(jobId)
      return job
    },

    mayHave: (jobId) => !isJobId(jobId) || lstatSync(paths.record(jobId), { throwIfNoEntry: false })?.nlink !== 1,

    async after(cursor, limit) {
      const found: FinishedEntry[] = []
      const first = Number(basename(paths.finishedFolder(cursor + 1)))
      for (const folder of await folders()) {
        if (Number(folder) < first) continue
        for (const number of await numbersIn(folder)) {
          if (number <= cursor) continue
          const entry = await read(number)
          if (entry) found.push(entry)
          if (found.length >= limit) return found
        }
      }
      return found
    },

    async prune(beforeMs, remove) {
      let count = 0
      // Stays, so that its number is never given again.
      const last = await newest()
      for (const folder of await folders()) {
        const path = join(paths.finished, folder)
        refuseLinks(paths.root, path)
        for (const number of await numbersIn(folder)) {
          if (number === last) return count
          const entry = paths.finishedEntry(number)
          const job: Job | undefined = await records.readAt(entry)
          if (job && isFinished(job)) {
            if (Date.parse(job.finished_at) >= beforeMs || count >= MOST_PRUNED) return count
            // A job that was tried again has another record by now.
            const [own, present] = await Promise.all([stat(entry), stat(paths.record(job.job_id)).catch(unlessMissing)])
            if (own.ino === present?.ino) await remove(job)
            count++
          }
          await removeFile(entry)
        }
        await rmdir(path).catch(() => {})
      }
      return count
    },
  }
}
