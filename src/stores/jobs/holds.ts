// Jobs that this process holds, by their markers.
//
// Another process may take a job over, and this one may claim it again while work under its earlier hold still goes on. So
// a hold ends by its own marker, not by the id of the job: else the end of the earlier one would end the later one too, and
// the job would stay with a process that does not work on it.

import type { Logger } from '../../telemetry/logger.ts'
import { storeError } from '../file/fs/durable.ts'
import type { Claim } from './job-store.ts'
import type { Markers, PlacedMarker } from './markers.ts'

export interface Holds {
  /** Newest hold of each job. */
  readonly held: ReadonlyMap<string, PlacedMarker>
  /** True where this process holds a job, or is about to: it is not to be taken over. */
  has(jobId: string): boolean
  /** Holds a job whose marker nobody else knows. */
  hold(marker: PlacedMarker): void
  /** Holds the job of the marker that `work` takes, from the begin of the work on. */
  take<Taken extends PlacedMarker>(jobId: string, work: () => Promise<Taken | undefined>): Promise<Taken | undefined>
  /** The hold of a job that is being accepted; undefined where it was lost. */
  prepared(jobId: string): PlacedMarker | undefined
  /** The hold of a claim; undefined where it was lost. */
  claimed(claim: Claim): PlacedMarker | undefined
  /** Moves a held marker on. False where it was taken. */
  move(marker: PlacedMarker, to: Partial<PlacedMarker>, isDurable?: boolean): Promise<boolean>
  /** Ends a hold whose marker has moved on. */
  drop(marker: PlacedMarker): void
  /** Ends a hold after some work. What fails is left to any process. Does nothing without a hold. Never throws. */
  letGo(marker: PlacedMarker | undefined, work: (marker: PlacedMarker) => Promise<unknown>): Promise<void>
  /** Ends the hold of a job, and leaves it to any process. Never throws. */
  leave(jobId: string): Promise<void>
}

/** Owner of markers that this process could not bring to an end: no workspace has this name. */
const NOBODY = 'nobody000000'

export const createHolds = (markers: Pick<Markers, 'move'>, log: Logger): Holds => {
  const held = new Map<string, PlacedMarker>()
  /** One for each call of `take` under way: a listing may show the moved marker before the call returns. */
  const taking = new Set<{ jobId: string }>()

  const move: Holds['move'] = ({ owner, ...from }, to, isDurable = false) =>
    markers.move({ ...from, owner }, { ...from, ...to }, isDurable)

  const drop = (marker: PlacedMarker): void => {
    if (held.get(marker.jobId) === marker) held.delete(marker.jobId)
  }

  const letGo: Holds['letGo'] = async (marker, work) => {
    if (!marker) return
    try {
      await work(marker)
    } catch (error) {
      log.warn({ error, jobId: marker.jobId }, 'could not bring a job to its next state; leaving it to a sweep')
      await move(marker, { owner: NOBODY }).catch(() => {})
    } finally {
      drop(marker)
    }
  }

  return {
    held,

    has: (jobId) => held.has(jobId) || [...taking].some((each) => each.jobId === jobId),

    hold: (marker) => void held.set(marker.jobId, marker),

    async take(jobId, work) {
      const begun = { jobId }
      taking.add(begun)
      try {
        const marker = await work()
        if (marker) held.set(jobId, marker)
        return marker
      } finally {
        taking.delete(begun)
      }
    },

    prepared(jobId) {
      const marker = held.get(jobId)
      return marker?.folder === 'new' ? marker : undefined
    },

    claimed({ job: { job_id: jobId }, attempt, owner }) {
      const marker = held.get(jobId)
      const isOf = marker?.folder === 'running' && marker.owner === owner && marker.attempts === attempt
      return isOf ? marker : undefined
    },

    move,
    drop,
    letGo,
    leave: (jobId) => letGo(held.get(jobId), (marker) => move(marker, { owner: NOBODY })),
  }
}

/** @throws TintypeError `store_unavailable` where there is no hold */
export const requireHold = (marker: PlacedMarker | undefined, jobId: string): PlacedMarker => {
  if (!marker) throw storeError(new Error(`job ${jobId} is not held by this process`))
  return marker
}
