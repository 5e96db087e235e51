import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import {
  endedItsWorkers,
  errorOf,
  FINAL_STATES,
  isFinished,
  isJobId,
  isOwn,
  type Job,
  jobProblemOf,
  jobSchema,
  jobTimeOf,
  meaningOf,
  newJobId,
  principalTag,
  tagOf,
} from '../../../src/core/jobs/job.ts'

const ADA = { kind: 'user', id: 'ada' } as const

const job: Job = {
  job_id: newJobId(0, ADA),
  kind: 'upload',
  state: 'accepted',
  project_id: 'shop',
  image_id: '0'.repeat(20),
  by: ADA,
  created_at: '2026-03-04T05:06:07.890Z',
  started_at: null,
  finished_at: null,
  attempts: 0,
  problem: null,
  upload: { bytes: 1, details: {} },
  retries: 0,
}

describe('the id of a job', () => {
  it('sorts by time, and tells it', () => {
    const times = [0, 1, Date.UTC(2026, 4, 4), Date.UTC(2026, 4, 4) + 1, Date.UTC(5000, 0)]
    const ids = times.map((atMs) => newJobId(atMs, ADA))
    expect([...ids].sort()).toEqual(ids)
    expect(ids.map(jobTimeOf)).toEqual(times)
    expect(ids.every(isJobId)).toBe(true)
  })

  it('has the tag of its principal, and another random part each time', () => {
    expect(tagOf(newJobId(5, ADA))).toBe(principalTag(ADA))
    expect(principalTag(ADA)).not.toBe(principalTag({ kind: 'user', id: 'bob' }))
    expect(principalTag(ADA)).not.toBe(principalTag({ kind: 'key', id: 'ada', role: 'writer' }))
    expect(new Set(Array.from({ length: 1000 }, () => newJobId(5, ADA))).size).toBe(1000)
  })

  it('has a tag of six characters, which stays the same', () => {
    const tags = Array.from({ length: 2000 }, (_, at) => principalTag({ kind: 'user', id: `u${at}` }))
    expect(tags.filter((tag) => !/^[0-9a-z]{6}$/.test(tag))).toEqual([])
    // In the names of files: lists find the jobs of a principal by it.
    expect(
      [undefined, { kind: 'anonymous' } as const, { kind: 'unrestricted' } as const, ADA].map((by) => principalTag(by)),
    ).toEqual(['fxo7i4', 'wsc2mh', '1vinth', 'b71csn'])
  })

  it('has no tag in another form', () => {
    expect(tagOf('x')).toBe('')
    expect(tagOf('A'.repeat(24))).toBe('')
  })
})

describe('a job', () => {
  it('is the principal’s that sent it', () => {
    expect(isOwn(job, ADA)).toBe(true)
    expect(isOwn(job, { kind: 'user', id: 'bob' })).toBe(false)
    expect(isOwn(job, { kind: 'key', id: 'ada', role: 'admin' })).toBe(false)
    expect(isOwn(job, { kind: 'anonymous' })).toBe(false)
    expect(isOwn({ ...job, by: { kind: 'unrestricted' } }, { kind: 'unrestricted' })).toBe(true)
    expect(isOwn({ ...job, by: undefined }, ADA)).toBe(false)
  })

  it('is read as it was written', () => {
    const { upload } = job
    const asset = { name: 'logo', expected: { imageIds: ['a'], revisions: [1] } }
    const whole: Job = { ...job, upload: { ...upload, asset, key: 'k', dedupe: true, visibility: 'private' } }
    expect(jobSchema.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole)
    expect(jobSchema.safeParse({ ...job, project_id: '../up' }).success).toBe(false)
  })
})

describe('a failed attempt', () => {
  it('fails its job for what is wrong with the upload alone', () => {
    for (const code of [
      'damaged_image',
      'quota_exceeded',
      'forbidden',
      'precondition_failed',
      'image_too_slow',
    ] as const)
      expect(meaningOf(code)).toBe('fail')
    for (const code of [
      'storage_full',
      'store_unavailable',
      'busy',
      'shutting_down',
      'read_only',
      'idempotency_running',
    ] as const)
      expect(meaningOf(code)).toBe('wait')
    for (const code of ['encoder_failed', 'internal', 'project_damaged'] as const)
      expect(meaningOf(code)).toBe('repeat')
  })
})

describe('a job that has ended', () => {
  it('has a final state and its time', () => {
    for (const state of FINAL_STATES) {
      expect(isFinished({ ...job, state, finished_at: job.created_at })).toBe(true)
      expect(isFinished({ ...job, state, finished_at: null })).toBe(false)
    }
    expect(isFinished(job)).toBe(false)
    expect(isFinished({ ...job, finished_at: job.created_at }), 'before another attempt').toBe(false)
  })

  it('gives its error back from the record', () => {
    const error = new TintypeError('too_many_pixels', 'Expected at most 100.', {
      cause: new Error('for the log'),
      details: { expected: 100 },
    })
    const problem = jobProblemOf(error)
    expect(problem).toEqual({ code: 'too_many_pixels', message: 'Expected at most 100.', details: { expected: 100 } })
    expect(errorOf(problem)).toMatchObject({ name: 'TintypeError', ...problem })
  })

  it('says so where its worker processes died', () => {
    expect(endedItsWorkers(3)).toMatchObject({
      code: 'encoder_failed',
      message: 'The worker process ended in each of 3 attempts at this upload, so it is not tried again.',
      details: { attempts: 3 },
    })
  })
})
