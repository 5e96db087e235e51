// Attempts at jobs that have ended already: a power cut keeps their records, and undoes the moves of their markers.

import { readdirSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { jobSchema } from '../../../src/http/schemas/jobs.ts'
import { createTestApp, openApp, type TestApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { formOf } from '../../support/upload.ts'

const WAIT = { timeout: 60_000 }

/** A job that has ended, in a store that is closed. */
const endedJob = async (bytes: Uint8Array) => {
  const storageDir = await temporaryFolder()
  const { app, close } = await openApp(storageDir)
  const headers = { Prefer: 'respond-async' }
  const response = await app.request('/projects/game/images', { method: 'POST', body: formOf(bytes), headers })
  const { job_id: jobId } = jobSchema.parse(await response.json())
  const job = jobSchema.parse(await (await app.request(`/jobs/${jobId}?wait=20`)).json())
  await close()
  return { storageDir, job, marker: (folder: string) => join(storageDir, '.jobs', folder, `${jobId}.0@game`) }
}

const atWork = (storageDir: string) =>
  ['new', 'queued', 'running'].flatMap((folder) => readdirSync(join(storageDir, '.jobs', folder)))

const listed = async ({ app }: TestApp) =>
  imageListSchema.parse(await (await app.request('/projects/game/images?pending=true')).json())

const jobNow = async ({ app }: TestApp, jobId: string) =>
  jobSchema.parse(await (await app.request(`/jobs/${jobId}`)).json())

describe('a job that waits, though it has ended', () => {
  it('ends again as succeeded, and its image is made once', async () => {
    const { storageDir, job, marker } = await endedJob(await smallPhoto())
    await writeFile(marker('queued'), '')
    await writeFile(join(storageDir, '.jobs', 'uploads', job.job_id), await smallPhoto())
    const tintype = await createTestApp({ storageDir })
    await vi.waitFor(() => expect(atWork(storageDir)).toEqual([]), WAIT)
    expect(await jobNow(tintype, job.job_id)).toEqual(job)
    const { images, pending } = await listed(tintype)
    expect(images.map(({ id }) => id)).toEqual([job.image_id])
    expect(pending).toEqual([])
    expect(readdirSync(join(storageDir, '.jobs', 'uploads'))).toEqual([])
  })

  it('ends again as failed, and can be tried again', async () => {
    const { storageDir, job, marker } = await endedJob((await smallPhoto()).subarray(0, 2000))
    expect(job.state).toBe('failed')
    await vi.waitFor(() => rename(marker('failed'), marker('queued')), WAIT)
    const tintype = await createTestApp({ storageDir })
    await vi.waitFor(() => expect(atWork(storageDir)).toEqual([]), WAIT)
    expect(await jobNow(tintype, job.job_id)).toEqual(job)
    const again = await tintype.app.request(`/jobs/${job.job_id}/retry`, { method: 'POST' })
    expect(again.status).toBe(202)
  })
})
