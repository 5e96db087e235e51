// Jobs of a store under faults: uploads, markers, and what must hold once all of them have ended.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { z } from 'zod'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { type JobView, jobListSchema, jobSchema } from '../../../src/http/schemas/jobs.ts'
import { type Marker, type MarkerFolder, parseMarker } from '../../../src/stores/jobs/layout.ts'
import type { Request } from '../../support/processes/server-tree.ts'
import { straysAfterSweep } from '../../support/store/strays.ts'
import { formOf } from '../../support/upload.ts'

/** Longest time until all that was interrupted has come to its end: several sweeps. */
export const REST_MS = 180_000

/** By job id: the image that was promised, and whether the upload was damaged. */
export type Acknowledged = ReadonlyMap<string, { imageId: string; isDamaged: boolean }>

const ownerSchema = z.object({ pid: z.int() })

/** Undefined where no answer came. */
export const upload = (
  request: Request,
  project: string,
  picture: Uint8Array,
  headers: Record<string, string> = { Prefer: 'respond-async' },
): Promise<Response | undefined> =>
  request(`/projects/${project}/images`, { method: 'POST', body: formOf(picture), headers }).catch(() => undefined)

/** Uploads a picture, and notes its job where it was acknowledged. */
export const uploadAsJob = async (
  request: Request,
  project: string,
  picture: Uint8Array,
  acknowledged: Map<string, { imageId: string; isDamaged: boolean }>,
  isDamaged = false,
): Promise<void> => {
  const answer = await upload(request, project, picture)
  if (answer?.status !== 202) return
  // The server may be killed in the middle of its answer.
  const { job_id: jobId, image_id: imageId } = jobSchema.parse(await answer.json())
  acknowledged.set(jobId, { imageId, isDamaged })
}

export const processOf = (storageDir: string, owner: string): number =>
  ownerSchema.parse(JSON.parse(readFileSync(join(storageDir, '.tmp', owner, 'owner.json'), 'utf8'))).pid

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

export const markersIn = (storageDir: string, folder: MarkerFolder): Marker[] =>
  namesIn(join(storageDir, '.jobs', folder)).flatMap((name) => parseMarker(name) ?? [])

const allJobs = async (request: Request): Promise<JobView[]> => {
  const all: JobView[] = []
  for (let path: string | null = '/jobs?limit=100'; path !== null; ) {
    const page = jobListSchema.parse(await (await request(path)).json())
    all.push(...page.jobs)
    path = page.next
  }
  return all
}

/** All jobs, once they have ended. */
export const restingJobs = (request: Request): Promise<JobView[]> =>
  vi.waitFor(
    async () => {
      const all = await allJobs(request)
      expect(all.filter(({ state }) => state === 'queued' || state === 'running')).toEqual([])
      return all
    },
    { timeout: REST_MS, interval: 200 },
  )

export const imagesOf = async (request: Request, project: string) =>
  imageListSchema.parse(await (await request(`/projects/${project}/images?pending=true`)).json())

export interface CheckOptions {
  request: Request
  storageDir: string
  /** All that have images. */
  projects: readonly string[]
  acknowledged: Acknowledged
  /** Expected of jobs of damaged uploads. @default any */
  problem?: object
  /**
   * True where uploads of jobs that were never accepted may be there for an hour: a power cut can keep an upload and lose
   * the marker beside it. @default false
   */
  mayKeepUploads?: boolean
}

/** Every job has ended, each acknowledged one as its upload deserves, with one image for each success and nothing else. */
export const checkEnded = async (options: CheckOptions): Promise<{ jobs: JobView[]; made: string[] }> => {
  const { request, storageDir, projects, acknowledged, problem = {}, mayKeepUploads = false } = options
  await restingJobs(request)
  const atWork = () => (['new', 'queued', 'running'] as const).flatMap((folder) => markersIn(storageDir, folder))
  await vi.waitFor(() => expect(atWork()).toEqual([]), { timeout: REST_MS, interval: 200 })
  // Only now: one that ended while it was still being accepted is listed once it is taken over.
  const jobs = await restingJobs(request)
  const byId = new Map(jobs.map((job) => [job.job_id, job]))
  for (const [jobId, { imageId, isDamaged }] of acknowledged) {
    const job = byId.get(jobId)
    if (isDamaged) expect(job).toMatchObject({ state: 'failed', problem })
    else expect(job).toMatchObject({ state: 'succeeded', image_id: imageId })
  }
  const made = jobs.filter(({ state }) => state === 'succeeded').map(({ image_id: imageId }) => imageId)
  const listed: string[] = []
  for (const project of projects) {
    const { images, pending } = await imagesOf(request, project)
    listed.push(...images.map(({ id }) => id))
    expect(pending).toEqual([])
  }
  // Also those of jobs whose answer was lost.
  expect(listed.sort()).toEqual(made.sort())
  const failedIds = jobs.filter(({ state }) => state === 'failed').map(({ job_id: jobId }) => jobId)
  const inFailed = markersIn(storageDir, 'failed').map(({ jobId }) => jobId)
  expect(inFailed.sort()).toEqual(failedIds.sort())
  const uploads = namesIn(join(storageDir, '.jobs', 'uploads'))
  expect(uploads.filter((jobId) => !mayKeepUploads || byId.has(jobId)).sort()).toEqual(failedIds)
  expect(await straysAfterSweep(storageDir)).toEqual([])
  return { jobs, made }
}
