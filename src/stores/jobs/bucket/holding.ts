// Jobs that a process of this store in a bucket holds: each is known by a marker of its process and by its newest entry,
// which names that process. An entry that another process creates behind it takes the job away.

import { type Job, jobTimeOf } from '../../../core/jobs/job.ts'
import { randomIds } from '../../../core/random-id.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { type NumberedEntry, tokensAfter, unknownOutcome } from '../../append-log.ts'
import { storeError } from '../../file/fs/durable.ts'
import type { BucketLog } from '../../s3/append-log.ts'
import type { Bucket } from '../../s3/client/bucket.ts'
import type { Leases } from '../../s3/leases.ts'
import type { Adopted, Claim } from '../job-store.ts'
import { type JobEntry, jobKeys, logOf, parseJobMarker } from './layout.ts'

export interface HoldingOptions {
  bucket: Bucket
  log: BucketLog<JobEntry>
  leases: Pick<Leases, 'hold' | 'isAlive'>
  /** Name of this process, see `Store.owner`. */
  owner(): string
  logger: Logger
}

export type NextEntry = Omit<JobEntry, 'commits'>

export interface Held extends NumberedEntry<JobEntry> {
  /** Key of the marker. */
  marker: string
}

/** Age from which a marker leads to no entry that is still under way, in milliseconds. */
const ABANDONED_MS = 3_600_000

const newToken = randomIds(12)

export const createHolding = ({ bucket, log, leases, owner, logger }: HoldingOptions) => {
  const held = new Map<string, Held>()
  /** Jobs that this process is about to hold. */
  const taking = new Set<string>()

  const append = async (jobId: string, before: NumberedEntry<JobEntry> | undefined, next: NextEntry) => {
    const number = (before?.number ?? 0) + 1
    const entry: JobEntry = { ...next, commits: tokensAfter(before?.entry.commits ?? [], newToken()) }
    const { outcome, cause } = await log.append(logOf(jobId), number, entry)
    if (outcome === 'unknown') throw unknownOutcome(`job ${jobId}`, cause)
    return outcome === 'ours' ? { number, entry } : undefined
  }

  /** Appends an entry that makes the job this process's. Undefined where another process was first. */
  const take = async (
    before: NumberedEntry<JobEntry> | undefined,
    next: Omit<NextEntry, 'owner'>,
  ): Promise<(Held & { owner: string }) | undefined> => {
    const { job_id: jobId, project_id: projectId } = next.job
    if (taking.has(jobId)) return undefined
    taking.add(jobId)
    try {
      await leases.hold()
      const name = owner()
      const marker = jobKeys.heldMarker({ jobId, projectId, number: (before?.number ?? 0) + 1 }, name)
      await bucket.put(marker, '')
      const taken = await append(jobId, before, { ...next, owner: name })
      if (!taken) await bucket.remove(marker)
      else held.set(jobId, { ...taken, marker })
      return taken && { ...taken, marker, owner: name }
    } finally {
      taking.delete(jobId)
    }
  }

  /** The hold of a job that is being accepted; undefined where it was lost. */
  const prepared = (jobId: string): Held | undefined => {
    const hold = held.get(jobId)
    return hold?.entry.phase === 'new' ? hold : undefined
  }

  /** The hold of a claim; undefined where it was lost. */
  const claimed = ({ job: { job_id: jobId }, attempt, owner: holder }: Claim): Held | undefined => {
    const hold = held.get(jobId)
    return hold?.entry.owner === holder && hold.entry.attempts === attempt ? hold : undefined
  }

  /** True for the newest hold of its job: this process may have claimed the job again under another marker. */
  const isNewest = ({ entry, marker }: Held): boolean => held.get(entry.job.job_id)?.marker === marker

  /** Appends to a job that this process holds. False where it was taken. */
  const move = async (hold: Held, change: (entry: JobEntry) => NextEntry): Promise<boolean> => {
    const { job_id: jobId } = hold.entry.job
    const moved = await append(jobId, hold, change(hold.entry))
    if (moved && isNewest(hold)) held.set(jobId, { ...moved, marker: hold.marker })
    return moved !== undefined
  }

  /** Ends a hold after some work. What fails is left to `adopt`. Does nothing without a hold. Never throws. */
  const letGo = async (hold: Held | undefined, work: (hold: Held) => Promise<unknown>): Promise<void> => {
    if (!hold) return
    const { job_id: jobId } = hold.entry.job
    try {
      await work(hold)
      await bucket.remove(hold.marker)
    } catch (error) {
      logger.warn({ error, jobId }, 'could not bring a job to its next state; leaving it to a sweep')
    } finally {
      if (isNewest(hold)) held.delete(jobId)
    }
  }

  const removeAll = async (jobId: string): Promise<void> => {
    await bucket.remove(jobKeys.upload(jobId))
    await log.remove(logOf(jobId))
  }

  /** @param ageMs of the marker */
  const adoptOne = async (
    marker: NonNullable<ReturnType<typeof parseJobMarker>>,
    ageMs: number,
  ): Promise<Adopted[]> => {
    const { jobId } = marker
    const newest = await log.newest(logOf(jobId))
    if (newest?.entry.owner !== marker.owner || newest.entry.phase === 'gone') {
      // Its entry may still be under way.
      if ((newest?.number ?? 0) < marker.number && ageMs < ABANDONED_MS) return []
      if (!newest || newest.entry.phase === 'gone') await removeAll(jobId)
      await bucket.remove(marker.key)
      return []
    }
    const taken = await take(newest, newest.entry)
    if (!taken) return []
    await bucket.remove(marker.key)
    const { job, phase, attempts } = taken.entry
    const was = phase === 'new' ? 'prepared' : 'claimed'
    return [{ was, claim: { job, attempt: attempts, owner: taken.owner } }]
  }

  const adopt = async (): Promise<Adopted[]> => {
    const { objects, dateMs } = await bucket.listAll(jobKeys.held)
    const alive = new Map<string, boolean>()
    const found: Adopted[] = []
    const errors: unknown[] = []
    for (const { key, modifiedMs } of objects) {
      const marker = parseJobMarker(jobKeys.held, key)
      if (!marker || held.has(marker.jobId) || taking.has(marker.jobId)) continue
      try {
        const isAlive = alive.get(marker.owner) ?? (marker.owner !== owner() && (await leases.isAlive(marker.owner)))
        alive.set(marker.owner, isAlive)
        if (!isAlive) found.push(...(await adoptOne(marker, dateMs - modifiedMs)))
      } catch (error) {
        errors.push(error)
        logger.warn({ error, jobId: marker.jobId }, 'could not take over a job; trying again')
      }
    }
    // The others are held: they have to reach the caller.
    if (found.length === 0 && errors.length > 0) throw errors[0]
    return found
  }

  /** Lets a job wait whose marker was lost, and removes old uploads without a job. */
  const repair = async (): Promise<number> => {
    const { objects, dateMs } = await bucket.listAll(jobKeys.uploads)
    if (objects.length === 0) return 0
    const { objects: queued } = await bucket.listAll(jobKeys.queued)
    const waiting = new Set(queued.map(({ key }) => parseJobMarker(jobKeys.queued, key)?.jobId))
    let count = 0
    for (const { key, modifiedMs } of objects) {
      const jobId = key.slice(jobKeys.uploads.length)
      if (waiting.has(jobId)) continue
      const newest = await log.newest(logOf(jobId))
      if (newest?.entry.phase === 'queued') {
        await bucket.put(queuedMarker(newest.entry.job, newest.number, newest.entry.attempts), '')
        count++
      } else if (!newest && dateMs - modifiedMs > ABANDONED_MS && dateMs - jobTimeOf(jobId) > ABANDONED_MS)
        await bucket.remove(key)
    }
    return count
  }

  return { held, take, prepared, claimed, move, letGo, removeAll, adopt, repair }
}

/** @throws TintypeError `store_unavailable` where there is no hold */
export const requireHold = (hold: Held | undefined, jobId: string): Held => {
  if (!hold) throw storeError(new Error(`job ${jobId} is not held by this process`))
  return hold
}

export const queuedMarker = ({ job_id: jobId, project_id: projectId }: Job, number: number, attempts: number): string =>
  jobKeys.queuedMarker({ jobId, projectId, number }, attempts)
