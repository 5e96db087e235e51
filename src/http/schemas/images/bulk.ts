// Responses of bulk uploads.

import { z } from '@hono/zod-openapi'
import { batchSchema } from '../batches.ts'
import { EXAMPLE_DETAILS } from '../examples.ts'
import { projectId } from '../fields.ts'
import { jobSchema } from '../jobs.ts'
import { problemSchema } from '../problem.ts'
import { uploadSchema } from './images.ts'

const count = z.int().min(0)

const bulkResultSchema = z
  .object({
    index: count.openapi({ description: 'Place of the file in the request, from 0.' }),
    name: z
      .string()
      .nullable()
      .openapi({ example: EXAMPLE_DETAILS.name, description: 'Name of the file, cleaned. Null if it has none.' }),
    status: z.int().openapi({
      example: 201,
      description:
        'Status of the answer that an upload of this file alone would have: 201 stored, 200 existing image ' +
        '(`?dedupe=true`), 202 accepted as a job (`Prefer: respond-async`), else that of the problem. 204: passed over.',
    }),
    image: uploadSchema.optional(),
    job: jobSchema.optional(),
    replayed: z.literal(true).optional().openapi({
      description: 'Present if the file was stored or accepted by an earlier request with this `Idempotency-Key`.',
    }),
    skipped: z.enum(['hidden', 'not_a_file']).optional().openapi({
      description:
        'Why a file of an archive was passed over: a hidden one (`.DS_Store`, `__MACOSX`), or a link, a device or a pipe.',
    }),
    problem: problemSchema.optional(),
  })
  .openapi('BulkResult', { description: 'Outcome of one file: `image`, `job`, `problem` or `skipped`.' })

export const bulkSchema = z
  .object({
    project_id: projectId,
    stored: count.openapi({ example: 1, description: 'Number of files of status 201.' }),
    existing: count.openapi({ example: 0, description: 'Number of files of status 200.' }),
    skipped: count.openapi({ example: 0, description: 'Number of files of status 204.' }),
    failed: count.openapi({ example: 0, description: 'Number of files with a problem.' }),
    results: z.array(bulkResultSchema).openapi({ description: 'One for each file, in the order of the request.' }),
    problem: problemSchema.optional().openapi({
      description: 'Why files behind the last result were not received. Absent if all files have a result.',
    }),
    ignored_fields: uploadSchema.shape.ignored_fields,
  })
  .openapi('BulkUpload')

/** The answer where the outcomes are not waited for. */
export const acceptedBulkSchema = z
  .object({
    ...batchSchema.shape,
    accepted: count.openapi({ example: 1, description: 'Number of files of status 202.' }),
    ...bulkSchema.omit({ project_id: true, stored: true }).shape,
  })
  .openapi('AcceptedBulkUpload', { description: 'The batch, and an outcome for each file.' })

export type BulkResultView = z.infer<typeof bulkResultSchema>
export type AcceptedBulkView = z.infer<typeof acceptedBulkSchema>
export type BulkView = z.infer<typeof bulkSchema>
