// Jobs without a living holder: those that a process which is gone has held, and those that a backup or a power cut has
// left without a marker.

import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isJobId, type Job } from '../../core/jobs/job.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { removeFile, unlessMissing } from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import { ownerLives } from '../file/staging/owner.ts'
import { OWNER_FILE } from '../file/staging/workspace.ts'
import type { Store } from '../store.ts'
import type { Holds } from './holds.ts'
import type { Adopted } from './job-store.ts'
import type { JobPaths } from './layout.ts'
import type { Markers, PlacedMarker } from './markers.ts'
import type { JobRecords } from './records.ts'

export interface RepairOptions {
  paths: JobPaths
  records: JobRecords
  markers: Markers
  holds: Pick<Holds, 'has' | 'take' | 'drop'>
  store: Pick<Store, 'owner' | 'sweep'>
  log: Logger
}

/** Age from which an upload without a job is of no process that is still at it, in milliseconds. */
const ABANDONED_MS = 3_600_000

export const createRepair = ({ paths, records, markers, holds, store: { owner, sweep }, log }: RepairOptions) => {
  /** True where the process of a marker has ended, and its workspace is still there. */
  const isAnyDead = async (all: readonly PlacedMarker[]): Promise<boolean> => {
    for (const name of new Set(all.map((marker) => marker.owner))) {
      if (name === undefined || name === owner()) continue
      const workspace = paths.workspace(name)
      if (existsSync(workspace) && !(await ownerLives(join(workspace, OWNER_FILE)))) return true
    }
    return false
  }

  /**
   * True where no process holds the marker: its workspace is gone, and so is all that it could still finish. What this
   * process still works on, it puts back itself.
   */
  const isAbandoned = ({ jobId, owner: holder }: PlacedMarker): boolean => {
    if (holds.has(jobId)) return false
    return holder === undefined || holder === owner() || !existsSync(paths.workspace(holder))
  }

  const adoptOne = async (marker: PlacedMarker): Promise<Adopted[]> => {
    const { jobId, attempts, folder } = marker
    const own = { ...marker, owner: owner() }
    if (!(await holds.take(jobId, async () => ((await markers.move(marker, own)) ? own : undefined)))) return []
    try {
      const job = await records.read(jobId)
      const was = folder === 'new' ? 'prepared' : 'claimed'
      if (job) return [{ was, claim: { job, attempt: attempts, owner: own.owner } }]
      // Its record never became durable, so that nothing else did.
      await removeFile(paths.upload(jobId))
      await markers.remove(own)
      holds.drop(own)
      return []
    } catch (error) {
      // It is this process's and not held: the next call takes it.
      holds.drop(own)
      throw error
    }
  }

  const repairOne = async ({ job_id: jobId, project_id: projectId, state }: Job): Promise<void> => {
    if (state === 'succeeded' || state === 'cancelled') return removeFile(paths.upload(jobId))
    const folder = state === 'failed' ? 'failed' : 'queued'
    await markers.create({ folder, jobId, projectId, attempts: 0 })
  }

  const withMarker = async (): Promise<ReadonlySet<string>> => {
    const found = new Set<string>()
    for (const folder of ['new', 'queued', 'running', 'failed', 'queued'] as const)
      for (const { jobId } of await markers.list(folder)) found.add(jobId)
    return found
  }

  return {
    async adopt(): Promise<Adopted[]> {
      const found: Adopted[] = []
      const all = [...(await markers.list('new')), ...(await markers.list('running'))]
      // Fences what they have begun: until then a marker is not taken.
      if (await isAnyDead(all)) await sweep()
      const errors: unknown[] = []
      for (const marker of all) {
        if (!isAbandoned(marker)) continue
        try {
          found.push(...(await adoptOne(marker)))
        } catch (error) {
          errors.push(error)
          log.warn({ error, jobId: marker.jobId }, 'could not take over a job; trying again')
        }
      }
      // The others are held: they have to reach the caller.
      if (found.length === 0 && errors.length > 0) throw errors[0]
      return found
    },

    async repair(): Promise<number> {
      refuseLinks(paths.root, paths.uploads)
      const uploads = (await namesIn(paths.uploads)).filter(isJobId)
      if (uploads.length === 0) return 0
      const known = await withMarker()
      let count = 0
      for (const jobId of uploads.filter((id) => !known.has(id))) {
        const age = Date.now() - ((await stat(paths.upload(jobId)).catch(unlessMissing))?.ctimeMs ?? Date.now())
        const job = await records.read(jobId)
        // Without a marker in two listings: it is not on its way from one to the next.
        if ((await withMarker()).has(jobId)) continue
        if (job) {
          await repairOne(job)
          count++
        } else if (age > ABANDONED_MS) await removeFile(paths.upload(jobId))
      }
      return count
    },
  }
}
