import { describe, expect, it } from 'vitest'
import {
  isJobId,
  isOwn,
  type Job,
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
    for (const code of ['storage_full', 'store_unavailable', 'busy', 'shutting_down'] as const)
      expect(meaningOf(code)).toBe('wait')
    for (const code of ['encoder_failed', 'internal', 'project_damaged'] as const)
      expect(meaningOf(code)).toBe('repeat')
  })
})
