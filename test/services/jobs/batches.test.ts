// Bulk uploads that are not waited for, and the batches of their jobs.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { batchSchema } from '../../../src/http/schemas/batches.ts'
import { acceptedBulkSchema } from '../../../src/http/schemas/images/bulk.ts'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { createTestApp, problemOf, type TestApp } from '../../support/app.ts'
import { zipOf } from '../../support/archives/zip.ts'
import { numberedPicture } from '../../support/pictures/pictures.ts'
import { formOfFiles } from '../../support/upload.ts'

const PATH = '/projects/game/images/bulk'

type Accepted = z.infer<typeof acceptedBulkSchema>

const pictures = (count: number) => Promise.all(Array.from({ length: count }, (_, at) => numberedPicture(at)))

const post = async (
  { app }: TestApp,
  body: FormData | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  query = '',
) => app.request(`${PATH}${query}`, { method: 'POST', body, headers: { Prefer: 'respond-async', ...headers } })

const accepted = async (...request: Parameters<typeof post>): Promise<Accepted> => {
  const response = await post(...request)
  expect(response.status).toBe(202)
  return acceptedBulkSchema.parse(await response.json())
}

const batchOf = async ({ app }: TestApp, { batch_id: id }: Accepted) => {
  const response = await app.request(`/batches/${id}`)
  expect(response.status).toBe(200)
  return { headers: response.headers, batch: batchSchema.parse(await response.json()) }
}

/** The batch once all its jobs have ended. */
const ended = async (tintype: TestApp, answer: Accepted) => {
  for (const { job_id: id } of answer.jobs) await tintype.app.request(`/jobs/${id}?wait=20`)
  return batchOf(tintype, answer)
}

const listed = async ({ app }: TestApp) =>
  imageListSchema.parse(await (await app.request('/projects/game/images')).json()).images

const idsOf = ({ results }: Accepted) => results.map(({ job }) => job?.job_id)

describe('a bulk upload with Prefer: respond-async', () => {
  it('is answered with a batch that counts the jobs of its files', async () => {
    const tintype = await createTestApp()
    const response = await post(tintype, formOfFiles(await pictures(3), { 'alt[1]': 'A boat', x: '1' }))
    expect(response.status).toBe(202)
    expect(response.headers.get('preference-applied')).toBe('respond-async')
    expect(response.headers.get('retry-after')).toBe('1')
    const answer = acceptedBulkSchema.parse(await response.json())
    expect(response.headers.get('location')).toBe(`/batches/${answer.batch_id}`)
    expect(answer.links.self).toBe(`/batches/${answer.batch_id}`)
    expect(answer).toMatchObject({ project_id: 'game', accepted: 3, existing: 0, failed: 0, ignored_fields: ['x'] })
    expect(answer.counts).toMatchObject({ total: 3, failed: 0 })
    expect(answer.results.map(({ index, name, status }) => [index, name, status])).toEqual([
      [0, '0.jpg', 202],
      [1, '1.jpg', 202],
      [2, '2.jpg', 202],
    ])
    expect(answer.jobs.map(({ job_id: id }) => id)).toEqual(idsOf(answer))

    const { headers, batch } = await ended(tintype, answer)
    expect(headers.get('retry-after')).toBeNull()
    expect(headers.get('cache-control')).toBe('no-store')
    const states = { queued: 0, running: 0, succeeded: 3, failed: 0, cancelled: 0 }
    expect(batch).toMatchObject({ batch_id: answer.batch_id, project_id: 'game', counts: { total: 3, ...states } })
    expect(batch.jobs).toEqual(idsOf(answer).map((id) => ({ job_id: id, state: 'succeeded' })))
    const images = await listed(tintype)
    expect(images.map(({ id }) => id).sort()).toEqual(answer.results.map(({ job }) => job?.image_id).sort())
    expect(images.find(({ name }) => name === '1.jpg')?.alt).toBe('A boat')
    expect(images.find(({ name }) => name === '2.jpg')?.alt).toBeNull()
  })

  it('accepts more files than it makes durable at a time, and keeps their order in the answer', async () => {
    const tintype = await createTestApp()
    const answer = await accepted(tintype, formOfFiles(Array.from({ length: 20 }, (_, at) => `text ${at}`)))
    expect(answer.results.map(({ index, name }) => [index, name])).toEqual(
      Array.from({ length: 20 }, (_, at) => [at, `${at}.jpg`]),
    )
    expect(answer.counts.total).toBe(20)
    expect((await ended(tintype, answer)).batch.counts).toMatchObject({ total: 20, failed: 20 })
  })

  it('refuses one file with the problem of a single upload, and accepts the others', async () => {
    const tintype = await createTestApp({ maxUploadBytes: 100_000 })
    const [first, last] = await pictures(2)
    if (!first || !last) throw new Error('expected two pictures')
    const answer = await accepted(tintype, formOfFiles([first, '', 'x'.repeat(100_001), last, 'text']))
    expect(answer).toMatchObject({ accepted: 3, failed: 2 })
    expect(answer.results.map(({ status, problem }) => [status, problem?.code])).toEqual([
      [202, undefined],
      [422, 'empty_file'],
      [413, 'upload_too_large'],
      [202, undefined],
      [202, undefined],
    ])
    const { batch } = await ended(tintype, answer)
    expect(batch.counts).toMatchObject({ total: 3, succeeded: 2, failed: 1 })
    expect(batch.jobs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'failed'])
    expect(await listed(tintype)).toHaveLength(2)
  })

  it('may be repeated with its key, which counts for each file by its index', async () => {
    const tintype = await createTestApp()
    const files = await pictures(3)
    const key = { 'Idempotency-Key': 'holiday' }
    const part = await accepted(tintype, formOfFiles(files.slice(0, 2)), key)
    const whole = await accepted(tintype, formOfFiles(files), key)
    expect(whole.results.map(({ status, replayed }) => [status, replayed])).toEqual([
      [202, true],
      [202, true],
      [202, undefined],
    ])
    expect(idsOf(whole).slice(0, 2)).toEqual(idsOf(part))
    expect((await ended(tintype, whole)).batch.counts).toMatchObject({ total: 3, succeeded: 3 })
    expect((await batchOf(tintype, part)).batch.counts).toMatchObject({ total: 2, succeeded: 2 })
    expect(await listed(tintype)).toHaveLength(3)
    const other = await accepted(tintype, formOfFiles([files[1] ?? '']), key)
    expect(other.results[0]?.problem?.code).toBe('idempotency_conflict')
  })

  it('answers known files with their images at once where dedupe is set', async () => {
    const tintype = await createTestApp()
    const files = await pictures(2)
    await ended(tintype, await accepted(tintype, formOfFiles(files.slice(0, 1))))
    const answer = await accepted(tintype, formOfFiles(files), {}, '?dedupe=true')
    expect(answer).toMatchObject({ accepted: 1, existing: 1 })
    expect(answer.results.map(({ status }) => status)).toEqual([200, 202])
    expect(answer.results[0]?.image?.deduplicated).toBe(true)
    expect(answer.counts.total).toBe(1)
  })

  it('takes an archive', async () => {
    const tintype = await createTestApp()
    const [one] = await pictures(1)
    const archive = zipOf([
      { name: 'trip/.DS_Store', content: 'x' },
      { name: 'trip/one.jpg', content: one },
    ])
    const answer = await accepted(tintype, new Uint8Array(archive), { 'Content-Type': 'application/zip' })
    expect(answer.results.map(({ name, status, skipped }) => [name, status, skipped])).toEqual([
      ['.DS_Store', 204, 'hidden'],
      ['one.jpg', 202, undefined],
    ])
    expect((await ended(tintype, answer)).batch.counts).toMatchObject({ total: 1, succeeded: 1 })
  })

  it('keeps what came before a file too many, and is refused as a whole without a file', async () => {
    const tintype = await createTestApp({ maxBulkFiles: 2 })
    const files = await pictures(3)
    expect((await accepted(tintype, formOfFiles(files.slice(0, 2)))).problem).toBeUndefined()
    const answer = await accepted(tintype, formOfFiles(files))
    expect([answer.accepted, answer.problem]).toMatchObject([2, { code: 'too_many_files' }])
    expect(await problemOf(post(tintype, formOfFiles([])))).toMatchObject({ code: 'file_missing' })
  })

  it('refuses each file where too many jobs wait, and creates no project', async () => {
    const tintype = await createTestApp({ maxQueuedJobs: 0 })
    const answer = await accepted(tintype, formOfFiles(await pictures(2)))
    expect(answer).toMatchObject({ accepted: 0, failed: 2, counts: { total: 0 }, jobs: [] })
    expect(answer.results.map(({ problem }) => problem?.code)).toEqual(['busy', 'busy'])
    expect((await tintype.app.request('/projects/game')).status).toBe(404)
    expect((await batchOf(tintype, answer)).batch.counts.total).toBe(0)
  })

  it('has its batch on disk before the answer', async () => {
    const tintype = await createTestApp()
    const answer = await accepted(tintype, formOfFiles(await pictures(1)))
    expect(existsSync(join(tintype.storageDir, '.jobs', 'batches', `${answer.batch_id}.json`))).toBe(true)
  })
})

describe('GET /batches/{batch_id}', () => {
  it('counts cancelled jobs', async () => {
    const tintype = await createTestApp({ encoders: 1 })
    const answer = await accepted(tintype, formOfFiles(await pictures(10)))
    const cancelled = (
      await Promise.all(answer.jobs.map(({ job_id: id }) => tintype.app.request(`/jobs/${id}`, { method: 'DELETE' })))
    ).filter(({ status }) => status === 200).length
    expect(cancelled).toBeGreaterThan(0)
    const { counts } = (await ended(tintype, answer)).batch
    expect(counts).toMatchObject({ total: 10, cancelled, succeeded: 10 - cancelled })
  })

  it('answers any other id as unknown', async () => {
    const { app } = await createTestApp()
    for (const id of ['0', 'x'.repeat(24), '..%2f..%2fprojects'])
      expect(await problemOf(app.request(`/batches/${id}`))).toMatchObject({ status: 404, code: 'batch_not_found' })
  })
})
