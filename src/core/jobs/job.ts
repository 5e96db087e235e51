// Jobs: accepted uploads that are made into images later. Their record, ids and states. Pure.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Principal, ROLES, VISIBILITIES } from '../auth/access.ts'
import { ERROR_CODES, type ErrorCode, TintypeError } from '../errors.ts'
import { ASSET_NAME, IMAGE_ID, PROJECT_ID } from '../names.ts'
import { imageSchema } from '../project/model.ts'
import { randomIds } from '../random-id.ts'
import { timeIn, timeText } from '../time-text.ts'

/** States that clients see. A job that waits for another attempt is `queued` again. */
export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

/** States that a job does not leave by itself. */
export const FINAL_STATES = ['succeeded', 'failed', 'cancelled'] as const
export type FinalState = (typeof FINAL_STATES)[number]

/** Attempts after which a job fails whose worker processes died, or that fails for no reason of its own. */
export const MAX_ATTEMPTS = 3

/** Time of the job, tag of its principal, random characters. */
const JOB_ID_PARTS = /^([0-9a-z]{9})([0-9a-z]{6})([0-9a-z]{9})$/
const TAG_LENGTH = 6
const randomPart = randomIds(9)

/** Form of a job id: 24 of `0-9 a-z`. Ids sort by the time of the job. */
export const JOB_ID = /^[0-9a-z]{24}$/

export const principalSchema: z.ZodType<Principal> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anonymous') }),
  z.object({ kind: z.literal('unrestricted') }),
  z.object({
    kind: z.literal('key'),
    id: z.string(),
    role: z.enum(ROLES),
    projects: z.array(z.string()).optional(),
  }),
  z.object({ kind: z.literal('user'), id: z.string() }),
])

const { name, title, alt, tags, focal_point } = imageSchema.shape

const problemSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})

/** An error as a record keeps it. */
export type JobProblem = z.infer<typeof problemSchema>

export const jobSchema = z.object({
  job_id: z.string().regex(JOB_ID),
  kind: z.literal('upload'),
  /** `accepted` until it has ended: whether it is queued or running is not part of the record. */
  state: z.enum(['accepted', ...FINAL_STATES]),
  project_id: z.string().regex(PROJECT_ID),
  /** Pending in the project; of a job that has succeeded, the image that answers the upload. */
  image_id: z.string().regex(IMAGE_ID),
  /** The principal, which is authorized again at the commit. @default no authorization */
  by: principalSchema.optional(),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  finished_at: z.iso.datetime().nullable(),
  /** Attempts that were begun, as far as the record knows. */
  attempts: z.int().min(0),
  /** Problem of the last failure; kept while a failed job is tried again. */
  problem: problemSchema.nullable(),
  upload: z.object({
    bytes: z.int().min(1),
    /** Hex. Absent where nothing asks for it before the picture is made. */
    sha256: z.string().optional(),
    /** Hash of the `Idempotency-Key` with its principal. */
    key: z.string().optional(),
    dedupe: z.boolean().optional(),
    asset: z
      .object({
        name: z.string().regex(ASSET_NAME),
        expected: z
          .union([
            z.enum(['absent', 'present']),
            z.object({ imageIds: z.array(z.string()), revisions: z.array(z.int()) }),
          ])
          .optional(),
      })
      .optional(),
    visibility: z.enum(VISIBILITIES).optional(),
    details: z.object({ name, title, alt, tags, focal_point }),
  }),
  /** Times that a failed job was tried again on request. */
  retries: z.int().min(0),
})

export type Job = z.infer<typeof jobSchema>

export type FinishedJob = Job & { state: FinalState; finished_at: string }

export const isFinished = (job: Job): job is FinishedJob => job.state !== 'accepted' && job.finished_at !== null

/** A job with what is known of it beside its record. */
export interface SeenJob {
  job: Job
  state: JobState
  attempts: number
  startedAt: string | null
}

/** Part of the ids of a principal's jobs, so that lists find them by name. Two principals may have the same. */
export const principalTag = (by: Principal | undefined): string => {
  const text = by && 'id' in by ? `${by.kind}:${by.id}` : (by?.kind ?? '')
  const number = createHash('sha256').update(text).digest().readUIntBE(0, 6)
  return number.toString(36).slice(-TAG_LENGTH).padStart(TAG_LENGTH, '0')
}

/** @param atMs milliseconds since 1970 */
export const newJobId = (atMs: number, by: Principal | undefined): string =>
  `${timeText(atMs)}${principalTag(by)}${randomPart()}`

export const isJobId = (value: string): boolean => JOB_ID.test(value)

/** Time of a job, in milliseconds since 1970. */
export const jobTimeOf = (jobId: string): number => timeIn(jobId)

export const tagOf = (jobId: string): string => JOB_ID_PARTS.exec(jobId)?.[2] ?? ''

/** True where a job or batch is the principal's own. */
export const isOwn = ({ by }: Pick<Job, 'by'>, principal: Principal): boolean => {
  if (!by || by.kind !== principal.kind) return false
  return !('id' in by) || ('id' in principal && by.id === principal.id)
}

/** Failures that say nothing of the upload: it waits for another attempt, which does not count. */
const WAITING: ReadonlySet<ErrorCode> = new Set([
  'busy',
  'read_only',
  'store_unavailable',
  'shutting_down',
  'storage_full',
  'idempotency_running',
])

/** Failures that another attempt may not have. */
const REPEATED: ReadonlySet<ErrorCode> = new Set(['encoder_failed', 'internal', 'project_damaged'])

/** Meaning of a failed attempt for its job: it waits, is tried again, or has failed for good. */
export const meaningOf = (code: ErrorCode): 'wait' | 'repeat' | 'fail' => {
  if (WAITING.has(code)) return 'wait'
  return REPEATED.has(code) ? 'repeat' : 'fail'
}

/** The problem that a record keeps of an error. */
export const jobProblemOf = ({ code, message, details }: TintypeError): JobProblem => ({ code, message, details })

export const errorOf = ({ code, message, details }: JobProblem): TintypeError =>
  new TintypeError(code, message, { details })

export const unknownJob = (jobId: string): TintypeError =>
  new TintypeError('job_not_found', `There is no job "${jobId}", or no longer.`)

/** The problem of a job whose worker processes died. */
export const endedItsWorkers = (attempts: number): TintypeError =>
  new TintypeError(
    'encoder_failed',
    `The worker process ended in each of ${attempts} attempts at this upload, so it is not tried again.`,
    { details: { attempts } },
  )
