// Finished jobs in a bucket, in the order in which they became durable, by numbers without a gap.

import { z } from 'zod'
import { type FinishedJob, isFinished, jobSchema } from '../../../core/jobs/job.ts'
import { randomIds } from '../../../core/random-id.ts'
import type { Bucket } from '../../s3/client/bucket.ts'
import { entryName, entryNumber } from '../../s3/keys.ts'
import type { FinishedEntry } from '../job-store.ts'
import { jobKeys } from './layout.ts'

const entrySchema = z.object({
  job: jobSchema,
  /** Tells entries of one job apart, so that one whose answer was lost is found to be its writer's. */
  token: z.string(),
})

/** Taken numbers in a row after which the log is listed again. */
const MOST_TRIES = 16
/** A number that was found free this long ago, in milliseconds by the engine's clock, may have been used and removed. */
const DOUBTFUL_MS = 3_600_000
/** Jobs that one call of `prune` removes: the next one goes on. */
const MOST_PRUNED = 10_000
const READ_AT_ONCE = 16

const newToken = randomIds(12)

export const createFinishedJobs = (bucket: Bucket) => {
  const keyOf = (number: number) => jobKeys.finished + entryName(number)
  /** The newest number that this process knows of, and the engine's clock then. */
  let known = { number: 0, dateMs: 0 }

  const numbersBehind = async (cursor: number) => {
    const after = cursor > 0 ? keyOf(cursor) : undefined
    const { objects, dateMs } = await bucket.listAll(jobKeys.finished, { after })
    const numbers = objects.flatMap(({ key }) => entryNumber(key.slice(jobKeys.finished.length)) ?? [])
    return { numbers, dateMs }
  }

  const newest = async (): Promise<number> => {
    const { numbers, dateMs } = await numbersBehind(known.number)
    const number = Math.max(known.number, numbers.at(-1) ?? 0)
    known = { number, dateMs }
    return number
  }

  const read = async (number: number): Promise<FinishedJob | undefined> => {
    const text = await bucket.text(keyOf(number))
    try {
      const { job } = entrySchema.parse(JSON.parse(text ?? ''))
      return isFinished(job) ? job : undefined
    } catch {
      return undefined
    }
  }

  /** True where an entry with this number is behind no other one. */
  const isNewest = async (number: number): Promise<boolean> => {
    known = { number: 0, dateMs: 0 }
    return (await newest()) <= number
  }

  return {
    newest,

    async append(job: FinishedJob): Promise<void> {
      const text = JSON.stringify({ job, token: newToken() })
      if (known.number === 0) await newest()
      for (let tries = 1; ; tries++) {
        const number = known.number + 1
        const { isNew, dateMs } = await bucket.putNew(keyOf(number), text)
        const isOurs = isNew || (await bucket.text(keyOf(number))) === text
        if (!isOurs) {
          known = { ...known, number }
          if (tries % MOST_TRIES === 0) await newest()
          continue
        }
        if (dateMs - known.dateMs < DOUBTFUL_MS || (await isNewest(number))) {
          known = { number: Math.max(number, known.number), dateMs }
          return
        }
        await bucket.remove(keyOf(number))
      }
    },

    async after(cursor: number, limit: number): Promise<FinishedEntry[]> {
      const { numbers } = await numbersBehind(cursor)
      const found: FinishedEntry[] = []
      for (let at = 0; at < numbers.length && found.length < limit; at += READ_AT_ONCE) {
        const part = numbers.slice(at, at + READ_AT_ONCE)
        const jobs = await Promise.all(part.map(read))
        for (const [index, job] of jobs.entries()) if (job) found.push({ cursor: part[index] ?? 0, job })
      }
      return found.slice(0, limit)
    },

    /** Removes entries of jobs that finished before a time, and calls `remove` with each of them. */
    async prune(beforeMs: number, remove: (job: FinishedJob) => Promise<void>): Promise<number> {
      let count = 0
      const { numbers } = await numbersBehind(0)
      // The newest one stays, so that its number is never given again.
      for (const number of numbers.slice(0, -1)) {
        const job = await read(number)
        if (job) {
          if (Date.parse(job.finished_at) >= beforeMs || count >= MOST_PRUNED) break
          await remove(job)
          count++
        }
        await bucket.remove(keyOf(number))
      }
      return count
    },
  }
}
