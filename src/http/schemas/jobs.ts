// Jobs: parameters and responses, as zod schemas with examples.

import { z } from '@hono/zod-openapi'
import { JOB_ID, JOB_STATES } from '../../core/jobs/job.ts'
import { PROJECT_ID } from '../../core/names.ts'
import { wholeNumber } from '../../core/parameters.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_IMAGE_URL, EXAMPLE_JOB_ID, EXAMPLE_PROJECT_ID } from './examples.ts'
import { next, projectId, time } from './fields.ts'
import { optional, pageLimit } from './parameters.ts'
import { problemSchema } from './problem.ts'

/** Jobs of a page without `limit`. */
export const DEFAULT_JOBS_PAGE = 100

/** Longest wait for a job, in seconds. */
const MAX_WAIT = 60

const jobId = z.string().regex(JOB_ID)

export const jobPath = z.object({
  job_id: jobId.meta({ description: 'Job id, as the upload returned it.', examples: [EXAMPLE_JOB_ID] }),
})

export const jobAfterSchema = z.string().regex(JOB_ID, 'the id of a job')
export const jobStateSchema = z.enum(JOB_STATES)
export const jobProjectSchema = z.string().regex(PROJECT_ID, 'a project id')
export const waitSchema = wholeNumber({ least: 0, most: MAX_WAIT })

export const jobListQuery = z.object({
  state: optional(jobStateSchema, 'Only jobs in this state.', 'failed'),
  project_id: optional(jobProjectSchema, 'Only jobs of this project.', EXAMPLE_PROJECT_ID),
  limit: pageLimit('jobs', DEFAULT_JOBS_PAGE),
  after: optional(jobAfterSchema, 'Id of a job, which may be gone: the page begins behind it.', EXAMPLE_JOB_ID),
})

export const jobQuery = z.object({
  wait: optional(
    waitSchema,
    'Seconds to wait for the end of the job; the response comes at its end, or after them.',
    20,
  ),
})

export const jobSchema = z
  .object({
    job_id: jobId.openapi({ example: EXAMPLE_JOB_ID }),
    kind: z.literal('upload'),
    state: jobStateSchema.openapi({
      example: 'succeeded',
      description: '`queued` also between two attempts. The last three states are final, but for a retry.',
    }),
    project_id: projectId,
    image_id: z.string().openapi({
      example: EXAMPLE_IMAGE_ID,
      description:
        'Id of the image, known from the start. Another one after a retry, and where an image of the project answers the ' +
        'upload (`dedupe=true`).',
    }),
    created_at: time,
    started_at: time.nullable().openapi({ description: 'Begin of the last attempt; null before the first one.' }),
    finished_at: time.nullable(),
    attempts: z.int().min(0).openapi({ example: 1, description: 'Attempts that were begun.' }),
    problem: problemSchema.nullable().openapi({
      description: 'Why the job has failed: the problem of an upload that is waited for. Else null.',
    }),
    links: z.object({ self: z.string(), image: z.string(), thumbnail: z.string() }).openapi({
      description: 'URLs. Those of the pictures are answered 404 before the job has succeeded.',
      example: {
        self: `/jobs/${EXAMPLE_JOB_ID}`,
        image: EXAMPLE_IMAGE_URL,
        thumbnail: `/jobs/${EXAMPLE_JOB_ID}/thumbnail`,
      },
    }),
  })
  .openapi('Job')

export const jobListSchema = z.object({ jobs: z.array(jobSchema), next: next('jobs') }).openapi('JobList')

export type JobView = z.infer<typeof jobSchema>
