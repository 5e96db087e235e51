// Routes of jobs: list, read, wait, cancel, retry, the picture that a job has made, and the batches of bulk uploads.

import { TintypeError } from '../../core/errors.ts'
import { unknownBatch } from '../../core/jobs/batch.ts'
import { isJobId, unknownJob } from '../../core/jobs/job.ts'
import { clip } from '../../core/text.ts'
import type { Variants } from '../../services/images/variants.ts'
import type { JobService } from '../../services/jobs/jobs.ts'
import { namedPrincipalOf } from '../access.ts'
import type { Context } from '../context.ts'
import type { Guard } from '../guard.ts'
import * as descriptions from '../openapi/jobs.ts'
import { limitOf, queryOf, requireKnown } from '../request/params.ts'
import { batchHeaders, batchView } from '../response/batch-view.ts'
import { jobHeaders, jobView } from '../response/job-view.ts'
import { json } from '../response/respond.ts'
import { deliver, storedDelivery, withAccess } from '../response/send-picture.ts'
import type { Views } from '../response/views.ts'
import type { RouteTable } from '../route-table.ts'
import {
  DEFAULT_JOBS_PAGE,
  jobAfterSchema,
  jobListQuery,
  jobProjectSchema,
  jobStateSchema,
  waitSchema,
} from '../schemas/jobs.ts'

export interface JobRouteOptions {
  jobs: JobService
  variants: Pick<Variants, 'find'>
  views: Pick<Views, 'basePath' | 'imageUrl'>
  guard: Pick<Guard, 'picture'>
  /** See {@link Delivery}. */
  accelRedirect?: string
}

const LIST_PARAMETERS = Object.keys(jobListQuery.shape)

/** Answers change while a job runs, and are of one principal. */
const NOT_CACHED = { 'Cache-Control': 'no-store' } as const

export const addJobRoutes = (route: RouteTable, options: JobRouteOptions): void => {
  const { jobs, variants, views, guard, accelRedirect } = options

  route.add(descriptions.list, async (c) => {
    const by = namedPrincipalOf(c)
    requireKnown(c, LIST_PARAMETERS)
    const limit = limitOf(c) ?? DEFAULT_JOBS_PAGE
    const after = queryOf(c, 'after', jobAfterSchema)
    const state = queryOf(c, 'state', jobStateSchema)
    const projectId = queryOf(c, 'project_id', jobProjectSchema)
    const page = await jobs.list({ state, projectId, after, limit }, by)
    const query = new URLSearchParams({ limit: String(limit) })
    if (state !== undefined) query.set('state', state)
    if (projectId !== undefined) query.set('project_id', projectId)
    if (page.next !== undefined) query.set('after', page.next)
    const next = page.next === undefined ? null : `${views.basePath}/jobs?${query}`
    return json(c, { jobs: page.jobs.map((seen) => jobView(views, seen)), next }, 200, NOT_CACHED)
  })

  route.add(descriptions.read, async (c) => {
    const by = namedPrincipalOf(c)
    const jobId = jobIdOf(c)
    const seconds = queryOf(c, 'wait', waitSchema) ?? 0
    const seen = await (seconds > 0 ? jobs.wait(jobId, by, seconds, c.req.raw.signal) : jobs.find(jobId, by))
    return json(c, jobView(views, seen), 200, { ...jobHeaders(seen), ...NOT_CACHED })
  })

  route.add(descriptions.cancel, async (c) => {
    const by = namedPrincipalOf(c)
    return json(c, jobView(views, await jobs.cancel(jobIdOf(c), by)))
  })

  route.add(descriptions.retry, async (c) => {
    const by = namedPrincipalOf(c)
    const seen = await jobs.retry(jobIdOf(c), by)
    return json(c, jobView(views, seen), 202, jobHeaders(seen))
  })

  route.add(descriptions.thumbnail, async (c) => {
    const { job, state } = await jobs.find(jobIdOf(c), namedPrincipalOf(c))
    if (state !== 'succeeded')
      throw new TintypeError('job_without_image', `Job "${job.job_id}" has no image: it is ${state}.`, {
        details: { state },
      })
    const request = { signedUntil: () => undefined, wanted: () => ({ imageId: job.image_id, isOriginal: false }) }
    return guard.picture(c, job.project_id, request, async ({ project, access }) => {
      const picture = await variants.find(project(), job.image_id, 'thumb')
      return deliver(c, picture, withAccess(Object.assign(storedDelivery(picture), { accelRedirect }), access))
    })
  })

  route.add(descriptions.batch, async (c) => {
    const by = namedPrincipalOf(c)
    const id = c.req.param('batch_id') ?? ''
    // It has the form of a job id.
    if (!isJobId(id)) throw unknownBatch(clip(id))
    const seen = await jobs.batches.find(id, by)
    return json(c, batchView(views, seen), 200, { ...batchHeaders(seen), ...NOT_CACHED })
  })
}

/** @throws TintypeError `job_not_found` where no job can have this id */
const jobIdOf = (c: Context): string => {
  const id = c.req.param('job_id') ?? ''
  if (!isJobId(id)) throw unknownJob(clip(id))
  return id
}
