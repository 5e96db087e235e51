import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { imageListSchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { jobListSchema, jobSchema } from '../../../src/http/schemas/jobs.ts'
import { createTestApp, problemOf, type TestApp } from '../../support/app.ts'
import { plainJpeg, smallPhoto } from '../../support/pictures/pictures.ts'
import { formOf } from '../../support/upload.ts'

const post = async ({ app }: TestApp, bytes: Uint8Array, headers: Record<string, string> = {}, query = '') =>
  app.request(`/projects/game/images${query}`, {
    method: 'POST',
    body: formOf(bytes),
    headers: { Prefer: 'respond-async', ...headers },
  })

const accepted = async (tintype: TestApp, bytes?: Uint8Array, headers?: Record<string, string>) => {
  const response = await post(tintype, bytes ?? (await smallPhoto()), headers)
  expect(response.status).toBe(202)
  return jobSchema.parse(await response.json())
}

const jobOf = async ({ app }: TestApp, jobId: string, wait = 20) =>
  jobSchema.parse(await (await app.request(`/jobs/${jobId}?wait=${wait}`)).json())

const listed = async ({ app }: TestApp, query = '') =>
  imageListSchema.parse(await (await app.request(`/projects/game/images${query}`)).json())

const jobs = async ({ app }: TestApp, query = '') =>
  jobListSchema.parse(await (await app.request(`/jobs${query}`)).json())

const leftIn = (storageDir: string) =>
  ['new', 'queued', 'running', 'failed', 'uploads'].flatMap((folder) => {
    const path = join(storageDir, '.jobs', folder)
    return existsSync(path) ? readdirSync(path) : []
  })

const damaged = async () => (await smallPhoto()).subarray(0, 2000)

describe('an upload with Prefer: respond-async', () => {
  it('is answered with a job whose image is known from the start, and becomes an image', async () => {
    const tintype = await createTestApp()
    const response = await post(tintype, await smallPhoto(), { Prefer: 'handling=lenient, Respond-Async; a=b' })
    expect(response.status).toBe(202)
    expect(response.headers.get('preference-applied')).toBe('respond-async')
    expect(response.headers.get('retry-after')).toBe('1')
    const job = jobSchema.parse(await response.json())
    expect(response.headers.get('location')).toBe(`/jobs/${job.job_id}`)
    expect(job).toMatchObject({ kind: 'upload', state: 'queued', project_id: 'game', attempts: 0, problem: null })
    const ended = await jobOf(tintype, job.job_id)
    expect(ended).toMatchObject({ state: 'succeeded', image_id: job.image_id, attempts: 1 })
    const { images, pending } = await listed(tintype, '?pending=true')
    expect(images.map(({ id }) => id)).toEqual([job.image_id])
    expect(pending).toEqual([])
    const thumb = await tintype.app.request(ended.links.thumbnail)
    expect(thumb.headers.get('content-type')).toBe('image/jpeg')
    expect((await tintype.app.request(ended.links.image)).status).toBe(200)
  })

  it('takes the fields of the form, and leaves no upload behind', async () => {
    const tintype = await createTestApp()
    const form = formOf(await smallPhoto())
    form.set('title', 'A harbour')
    const response = await tintype.app.request('/projects/game/images', {
      method: 'POST',
      body: form,
      headers: { Prefer: 'respond-async' },
    })
    const { job_id: jobId } = jobSchema.parse(await response.json())
    await jobOf(tintype, jobId)
    expect((await listed(tintype)).images).toMatchObject([{ title: 'A harbour' }])
    await expect.poll(() => leftIn(tintype.storageDir)).toEqual([])
  })

  it('fails with the problem of an upload that is waited for, and can be tried again', async () => {
    const tintype = await createTestApp()
    const bytes = await damaged()
    const sync = await problemOf(post(tintype, bytes, { Prefer: '' }))
    const job = await accepted(tintype, bytes)
    const failed = await jobOf(tintype, job.job_id)
    expect(failed.state).toBe('failed')
    expect(failed.problem).toEqual({ ...failed.problem, code: sync.code, detail: sync.detail, status: sync.status })
    expect((await listed(tintype, '?pending=true')).pending).toEqual([])
    const none = await problemOf(tintype.app.request(failed.links.thumbnail))
    expect(none).toMatchObject({ code: 'job_without_image', state: 'failed' })
    const again = await tintype.app.request(`/jobs/${job.job_id}/retry`, { method: 'POST' })
    expect(again.status).toBe(202)
    expect(jobSchema.parse(await again.json())).toMatchObject({ job_id: job.job_id, state: 'queued', problem: null })
    expect(await jobOf(tintype, job.job_id)).toMatchObject({ state: 'failed', attempts: 2 })
  })

  it('refuses what an upload is refused for before its picture is made', async () => {
    const tintype = await createTestApp({ maxImagesPerProject: 1 })
    expect(await problemOf(post(tintype, new Uint8Array()))).toMatchObject({ code: 'empty_file' })
    const one = await accepted(tintype)
    expect(await problemOf(post(tintype, await smallPhoto()))).toMatchObject({ code: 'quota_exceeded' })
    await jobOf(tintype, one.job_id)
    expect(await problemOf(post(tintype, await smallPhoto()))).toMatchObject({ code: 'quota_exceeded' })
    expect((await jobs(tintype)).jobs).toHaveLength(1)
  })

  it('gives a repeated Idempotency-Key the same job, and refuses it for another file', async () => {
    const tintype = await createTestApp()
    const key = { 'Idempotency-Key': 'order-1' }
    const first = await accepted(tintype, undefined, key)
    const again = await post(tintype, await smallPhoto(), key)
    expect(again.headers.get('idempotent-replay')).toBe('true')
    expect(jobSchema.parse(await again.json()).job_id).toBe(first.job_id)
    await jobOf(tintype, first.job_id)
    expect(jobSchema.parse(await (await post(tintype, await smallPhoto(), key)).json()).state).toBe('succeeded')
    expect(await problemOf(post(tintype, await damaged(), key))).toMatchObject({ code: 'idempotency_conflict' })
    expect((await listed(tintype)).images).toHaveLength(1)
  })

  it('refuses its Idempotency-Key to an upload that is waited for, until it has become the image of both', async () => {
    const tintype = await createTestApp({ encoders: 1 })
    const key = { 'Idempotency-Key': 'order-1' }
    const large = await plainJpeg(5000, 4000)
    for (let count = 0; count < 3; count++) await accepted(tintype, large)
    const job = await accepted(tintype, undefined, key)
    const sync = async () => post(tintype, await smallPhoto(), { ...key, Prefer: '' })
    const { response, code } = await problemOf(sync())
    expect(code).toBe('idempotency_running')
    expect(response.headers.get('retry-after')).toBe('1')
    expect((await jobOf(tintype, job.job_id, 60)).state).toBe('succeeded')
    const answer = await sync()
    expect(answer.headers.get('idempotent-replay')).toBe('true')
    expect(uploadSchema.parse(await answer.json()).image_id).toBe(job.image_id)
  })

  it('answers a known file with its image at once where dedupe is set', async () => {
    const tintype = await createTestApp()
    await jobOf(tintype, (await accepted(tintype)).job_id)
    const response = await post(tintype, await smallPhoto(), {}, '?dedupe=true')
    expect(response.status).toBe(200)
    expect(uploadSchema.parse(await response.json()).deduplicated).toBe(true)
  })

  it('stores a named asset', async () => {
    const tintype = await createTestApp()
    const response = await tintype.app.request('/projects/game/assets/ui/logo', {
      method: 'PUT',
      body: formOf(await smallPhoto()),
      headers: { Prefer: 'respond-async' },
    })
    expect(response.status).toBe(202)
    await jobOf(tintype, jobSchema.parse(await response.json()).job_id)
    expect((await tintype.app.request('/projects/game/assets/ui/logo.jpg')).status).toBe(200)
  })

  it('is refused where too many jobs wait', async () => {
    const tintype = await createTestApp({ maxQueuedJobs: 0 })
    const { response, code } = await problemOf(post(tintype, await smallPhoto()))
    expect(code).toBe('busy')
    expect(response.headers.get('retry-after')).toBe('10')
    expect(existsSync(join(tintype.storageDir, '.jobs'))).toBe(false)
  })
})

describe('jobs', () => {
  it('are listed newest first, a page at a time, by state and project', async () => {
    const tintype = await createTestApp()
    const ids: string[] = []
    for (let count = 0; count < 3; count++) ids.unshift((await accepted(tintype)).job_id)
    for (const id of ids) await jobOf(tintype, id)
    const first = await jobs(tintype, '?limit=2')
    expect(first.jobs.map(({ job_id: id }) => id)).toEqual(ids.slice(0, 2))
    const next = jobListSchema.parse(await (await tintype.app.request(first.next ?? '')).json())
    expect(next.jobs.map(({ job_id: id }) => id)).toEqual(ids.slice(2))
    expect(next.next).toBeNull()
    expect((await jobs(tintype, '?state=failed')).jobs).toEqual([])
    expect((await jobs(tintype, '?state=succeeded&project_id=game')).jobs).toHaveLength(3)
    expect((await jobs(tintype, '?project_id=other')).jobs).toEqual([])
    expect(await problemOf(tintype.app.request('/jobs?stat=failed'))).toMatchObject({ code: 'invalid_parameter' })
  })

  it('that have ended cannot be cancelled, and those that have not failed cannot be tried again', async () => {
    const tintype = await createTestApp()
    const { job_id: jobId } = await accepted(tintype)
    await jobOf(tintype, jobId)
    const cancelled = await problemOf(tintype.app.request(`/jobs/${jobId}`, { method: 'DELETE' }))
    expect(cancelled).toMatchObject({ code: 'job_conflict', expected: 'queued', state: 'succeeded' })
    const retried = await problemOf(tintype.app.request(`/jobs/${jobId}/retry`, { method: 'POST' }))
    expect(retried).toMatchObject({ code: 'job_conflict', expected: 'failed', state: 'succeeded' })
  })

  it('are unknown by any other id', async () => {
    const tintype = await createTestApp()
    for (const id of ['0', 'x'.repeat(24), '..%2f..%2fprojects'])
      expect(await problemOf(tintype.app.request(`/jobs/${id}`))).toMatchObject({ code: 'job_not_found' })
  })

  it('end as cancelled where their project is deleted before they begin', async () => {
    const tintype = await createTestApp({ encoders: 1 })
    const all = await Promise.all(Array.from({ length: 8 }, () => accepted(tintype)))
    await tintype.app.request('/projects/game', { method: 'DELETE' })
    const ended = await Promise.all(all.map(({ job_id: id }) => jobOf(tintype, id)))
    for (const { state } of ended) expect(['succeeded', 'cancelled']).toContain(state)
    expect(ended.map(({ state }) => state)).toContain('cancelled')
    expect((await tintype.app.request('/projects/game')).status).toBe(404)
  })
})

describe('a cancelled job', () => {
  it('makes no image, and its image is pending no more', async () => {
    const tintype = await createTestApp({ encoders: 1 })
    const all = await Promise.all(Array.from({ length: 12 }, () => accepted(tintype)))
    const answers = await Promise.all(
      all.map(({ job_id: id }) => tintype.app.request(`/jobs/${id}`, { method: 'DELETE' })),
    )
    const cancelled = answers.filter(({ status }) => status === 200).length
    expect(cancelled).toBeGreaterThan(0)
    for (const { job_id: id } of all) await jobOf(tintype, id)
    const { images, pending } = await listed(tintype, '?pending=true')
    expect(images).toHaveLength(all.length - cancelled)
    expect(pending).toEqual([])
  })
})
