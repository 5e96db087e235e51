// Batches of jobs: parameters and responses, as zod schemas with examples.

import { z } from '@hono/zod-openapi'
import { JOB_ID } from '../../core/jobs/job.ts'
import { EXAMPLE_BATCH_ID, EXAMPLE_JOB_ID } from './examples.ts'
import { projectId, time } from './fields.ts'
import { jobStateSchema } from './jobs.ts'

const batchId = z.string().regex(JOB_ID)

export const batchPath = z.object({
  batch_id: batchId.meta({ description: 'Batch id, as the bulk upload returned it.', examples: [EXAMPLE_BATCH_ID] }),
})

const count = z.int().min(0)

const countsSchema = z
  .object({
    total: count.openapi({ example: 2, description: 'All jobs of the batch, also those that were removed.' }),
    queued: count.openapi({ example: 0 }),
    running: count.openapi({ example: 1 }),
    succeeded: count.openapi({ example: 1 }),
    failed: count.openapi({ example: 0 }),
    cancelled: count.openapi({ example: 0 }),
  })
  .openapi({ description: 'Numbers of jobs by state.' })

export const batchSchema = z
  .object({
    batch_id: batchId.openapi({ example: EXAMPLE_BATCH_ID }),
    project_id: projectId,
    created_at: time,
    counts: countsSchema,
    jobs: z
      .array(
        z.object({
          job_id: z.string().openapi({ example: EXAMPLE_JOB_ID, description: 'See `GET /jobs/{job_id}`.' }),
          state: jobStateSchema.nullable().openapi({
            example: 'succeeded',
            description: 'Null for a job that was removed, `JOB_DAYS` days after its end.',
          }),
        }),
      )
      .openapi({ description: 'The jobs, in the order of their files. A file that was refused has none.' }),
    links: z
      .object({ self: z.string() })
      .openapi({ description: 'URL of the batch.', example: { self: `/batches/${EXAMPLE_BATCH_ID}` } }),
  })
  .openapi('Batch')

export type BatchView = z.infer<typeof batchSchema>
