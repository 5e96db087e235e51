// Descriptions of the routes of jobs.

import type { RouteConfig } from '@hono/zod-openapi'
import { IMMUTABLE } from '../response/send-picture.ts'
import { batchPath, batchSchema } from '../schemas/batches.ts'
import { EXAMPLE_JOB_ID } from '../schemas/examples.ts'
import { jobListQuery, jobListSchema, jobPath, jobQuery, jobSchema } from '../schemas/jobs.ts'
import { COMMON_FAILURES, PICTURE_FAILURES, problems, WRITE_FAILURES } from './problems.ts'
import { jsonResponse, pictureResponses } from './responses.ts'

const TAGS = ['Jobs']

const ACCESS = 'A job belongs to the key or user that sent the upload; admins see all. Others are answered 404.'

const FAILURES = ['unauthenticated', 'issuer_unavailable', ...COMMON_FAILURES] as const

export const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait; absent once all has ended.', schema: { type: 'string' } },
} as const

/** Answer to an upload that is not waited for. */
export const ACCEPTED = {
  202: jsonResponse('Accepted (`Prefer: respond-async`): the job that makes the image.', jobSchema, {
    Location: { description: 'URL of the job.', schema: { type: 'string' }, example: `/jobs/${EXAMPLE_JOB_ID}` },
    'Preference-Applied': { description: 'RFC 7240.', schema: { type: 'string' }, example: 'respond-async' },
    'Idempotent-Replay': {
      description: 'Present on a replayed response.',
      schema: { type: 'string' },
      example: 'true',
    },
    ...RETRY_AFTER,
  }),
} as const

export const list: RouteConfig = {
  method: 'get',
  path: '/jobs',
  operationId: 'listJobs',
  tags: TAGS,
  summary: 'List jobs',
  description: `Newest first. Finished jobs are kept \`JOB_DAYS\` days. ${ACCESS}`,
  request: { query: jobListQuery },
  responses: { 200: jsonResponse('The jobs.', jobListSchema), ...problems('invalid_parameter', ...FAILURES) },
}

export const read: RouteConfig = {
  method: 'get',
  path: '/jobs/{job_id}',
  operationId: 'readJob',
  tags: TAGS,
  summary: 'Get a job, or wait for it',
  description: ACCESS,
  request: { params: jobPath, query: jobQuery },
  responses: {
    200: jsonResponse('The job.', jobSchema, RETRY_AFTER),
    ...problems('invalid_parameter', 'job_not_found', ...FAILURES),
  },
}

export const cancel: RouteConfig = {
  method: 'delete',
  path: '/jobs/{job_id}',
  operationId: 'cancelJob',
  tags: TAGS,
  summary: 'Cancel a job that waits',
  description: 'A job that runs or has ended is answered 409.',
  request: { params: jobPath },
  responses: {
    200: jsonResponse('The cancelled job.', jobSchema),
    ...problems('job_not_found', 'job_conflict', ...WRITE_FAILURES),
  },
}

export const retry: RouteConfig = {
  method: 'post',
  path: '/jobs/{job_id}/retry',
  operationId: 'retryJob',
  tags: TAGS,
  summary: 'Try a failed job again',
  description: 'Its image gets another id. A job that has not failed is answered 409.',
  request: { params: jobPath },
  responses: {
    202: jsonResponse('The job, which waits again.', jobSchema, RETRY_AFTER),
    ...problems(
      'job_not_found',
      'job_conflict',
      'project_not_found',
      'quota_exceeded',
      'precondition_failed',
      ...WRITE_FAILURES,
    ),
  },
}

export const thumbnail: RouteConfig = {
  method: 'get',
  path: '/jobs/{job_id}/thumbnail',
  operationId: 'readJobThumbnail',
  tags: TAGS,
  summary: 'Get the image of a job',
  description: 'Its `thumb`. Before the job has succeeded 404, with its `state`.',
  request: { params: jobPath },
  responses: {
    ...pictureResponses('The picture.', IMMUTABLE),
    ...problems('job_not_found', 'job_without_image', 'project_not_found', 'image_not_found', ...PICTURE_FAILURES),
  },
}

export const batch: RouteConfig = {
  method: 'get',
  path: '/batches/{batch_id}',
  operationId: 'readBatch',
  tags: TAGS,
  summary: 'Get a batch of jobs',
  description:
    'The jobs of one bulk upload (`Prefer: respond-async`), counted by state. A batch is kept as long as one of its jobs, ' +
    'and at least `JOB_DAYS` days. It belongs to the key or user that sent the upload; admins see all. Others are answered 404.',
  request: { params: batchPath },
  responses: {
    200: jsonResponse('The batch.', batchSchema, RETRY_AFTER),
    ...problems('batch_not_found', ...FAILURES),
  },
}
