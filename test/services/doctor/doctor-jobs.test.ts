// The doctor on jobs, on the pending images of projects, and on webhooks.

import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { FinishedJob, Job } from '../../../src/core/jobs/job.ts'
import { pendingOf } from '../../../src/core/jobs/pending.ts'
import { createFileStore } from '../../../src/stores/file/file-store.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createFileJobs } from '../../../src/stores/jobs/file-jobs.ts'
import type { JobStore } from '../../../src/stores/jobs/job-store.ts'
import { createJobPaths } from '../../../src/stores/jobs/layout.ts'
import type { Store } from '../../../src/stores/store.ts'
import { createFileWebhookStore } from '../../../src/stores/webhooks/file-webhook-store.ts'
import { newJob } from '../../contracts/jobs.ts'
import { newDelivery } from '../../contracts/webhooks.ts'
import { createTestApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { chunk, examine, examineAlone, inShort, withStore } from '../../support/store/doctor.ts'
import { silent } from '../../support/store/file-store.ts'
import { formOf } from '../../support/upload.ts'
import { newWebhook } from '../../support/webhooks/webhook.ts'

/** A store with one job of each state. Its process has ended. */
const makeStore = async () => {
  const storageDir = await temporaryFolder()
  const store = createFileStore({ storageDir, log: silent })
  await store.open()
  const jobs = createFileJobs({ storageDir, store, log: silent })

  const accept = async (changes: Partial<Job> = {}): Promise<Job> => {
    const stage = await store.stage('Game')
    await stage.receive(chunk(Buffer.from('bytes')))
    const job = newJob(stage.imageId, changes)
    await jobs.prepare(job, stage)
    await store.commit('Game', { type: 'add_pending', pendingId: job.image_id, atMs: Date.now() }, { stage })
    await jobs.admit(job.job_id)
    await stage.discard()
    return job
  }

  const claim = async ({ job_id: jobId }: Job) => {
    const claimed = await jobs.claim(jobId, 'Game')
    if (!claimed) throw new Error('expected a job that waits')
    return claimed
  }

  const end = async (job: Job, state: FinishedJob['state']): Promise<Job> => {
    const stage = await store.stage('Game')
    const claimed = await claim(job)
    await jobs.finish(claimed, { ...job, state, finished_at: job.created_at }, stage)
    await store.commit('Game', { type: 'drop_pending', pendingId: job.image_id })
    await jobs.settle(claimed)
    await stage.discard()
    return job
  }

  const waiting = await accept({ upload: { bytes: 5, details: {}, key: 'a'.repeat(64) } })
  const failed = await end(await accept(), 'failed')
  await end(await accept(), 'cancelled')
  const running = await accept()
  await claim(running)
  const stage = await store.stage('Game')
  const batch = { batch_id: newJob('x').job_id, project_id: 'Game', created_at: waiting.created_at, jobs: [] }
  await jobs.addBatch(batch, stage)
  await stage.discard()
  await store.close()
  return { storageDir, paths: createJobPaths(createPaths(storageDir)), waiting, failed, running, batch }
}

const WAITING = (jobId: string) => `.jobs/queued/${jobId}.0@!game`
const recordOf = ({ job_id: id }: Job, storageDir: string) => {
  const path = createJobPaths(createPaths(storageDir)).record(id)
  return path.slice(storageDir.length + 1)
}

/** As a process that is started afterwards has it. */
const reopened = async (storageDir: string) => {
  const store = createFileStore({ storageDir, log: silent })
  await store.open()
  const jobs = createFileJobs({ storageDir, store, log: silent })
  const state = await store.project('Game')
  const pending = state ? pendingOf(state).map(({ id }) => id) : []
  const waiting = (await jobs.waiting()).map(({ jobId }) => jobId)
  await store.close()
  return { pending, waiting, find: jobs.find }
}

const withJobs = async <T>(storageDir: string, work: (jobs: JobStore, store: Store) => Promise<T>): Promise<T> =>
  withStore(storageDir, (store) => work(createFileJobs({ storageDir, store, log: silent }), store))

/** Ends a job that waits. @returns its id */
const cancel = (storageDir: string, job: Job): Promise<string> =>
  withJobs(storageDir, async (jobs, store) => {
    const stage = await store.stage('Game')
    const claimed = await jobs.claim(job.job_id, 'Game')
    if (!claimed) throw new Error('expected a job that waits')
    await jobs.finish(claimed, { ...job, state: 'cancelled', finished_at: job.created_at }, stage)
    await store.commit('Game', { type: 'drop_pending', pendingId: job.image_id })
    await jobs.settle(claimed)
    await stage.discard()
    return job.job_id
  })

/** Entries of the log of finished jobs behind a cursor. */
const finishedAfter = (storageDir: string, cursor: number) =>
  withJobs(storageDir, async (jobs) =>
    (await jobs.finishedAfter(cursor, 10)).map((entry) => [entry.cursor, entry.job.job_id]),
  )

/** Names that no version has given in the folder of finished jobs, in their order. */
const IN_FINISHED = ['.DS_Store', '0/.DS_Store', '0/0001.json', '0/1000.json'].map((name) => `finished/${name}`)

const fix = (storageDir: string) => examineAlone(storageDir, { fix: true })

const lostIn = async (storageDir: string): Promise<string[]> => {
  const entries = await readdir(join(storageDir, '.lost'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

describe('jobs', () => {
  it('of every state have no finding', async () => {
    const { storageDir } = await makeStore()
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('have no finding while a server accepts and makes them', async () => {
    const { app, storageDir } = await createTestApp()
    const photo = await smallPhoto()
    let isOver = false
    const uploads = async () => {
      for (let count = 0; count < 15; count++) {
        const headers = { Prefer: 'respond-async' }
        const body = formOf(count % 5 === 0 ? photo.subarray(0, 2000) : photo)
        const { status } = await app.request('/projects/Game/images', { method: 'POST', body, headers })
        expect(status).toBe(202)
        await sleep(20)
      }
    }
    const uploading = uploads().finally(() => {
      isOver = true
    })
    const isAtWork = () =>
      ['queued', 'running'].some((folder) => {
        const path = join(storageDir, '.jobs', folder)
        return existsSync(path) && readdirSync(path).length > 0
      })
    while (!isOver || isAtWork()) expect(inShort(await examine(storageDir))).toEqual([])
    await uploading
    expect((await readdir(join(storageDir, '.jobs', 'finished'))).length).toBeGreaterThan(0)
  })

  it('without which an image is pending: the image is pending no more', async () => {
    const { storageDir, paths, waiting, running } = await makeStore()
    await rm(paths.marker('queued', { jobId: waiting.job_id, projectId: 'Game', attempts: 0 }))
    await rm(paths.record(waiting.job_id))
    await rm(paths.upload(waiting.job_id))
    expect(inShort(await examineAlone(storageDir))).toEqual(['pending_left projects/!game/.meta mendable'])
    expect(await fix(storageDir)).toMatchObject({ mended: 1, remaining: 0 })
    expect((await reopened(storageDir)).pending).toEqual([running.image_id])
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it.each([
    ['damaged', (path: string) => truncate(path, 100)],
    ['missing', (path: string) => rm(path)],
  ])('whose record is %s are taken away with what they have', async (_, damage) => {
    const { storageDir, paths, waiting, running } = await makeStore()
    await damage(paths.record(waiting.job_id))
    expect(inShort(await examineAlone(storageDir))).toEqual([`job_damaged ${recordOf(waiting, storageDir)} mendable`])
    expect((await fix(storageDir)).findings.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['job_damaged', 'mended'],
      ['pending_left', 'mended'],
    ])
    const { pending, waiting: others } = await reopened(storageDir)
    expect([pending, others]).toEqual([[running.image_id], []])
    expect(await lostIn(storageDir)).toContain(waiting.job_id)
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('whose upload is missing are taken away, or have failed for good', async () => {
    const { storageDir, paths, waiting, failed, running } = await makeStore()
    for (const { job_id: id } of [waiting, failed]) await rm(paths.upload(id))
    const missing = [waiting, failed].map(({ job_id: id }) => `job_upload_missing .jobs/uploads/${id} mendable`)
    expect(inShort(await examineAlone(storageDir))).toEqual(missing.sort())
    expect(await fix(storageDir)).toMatchObject({ mended: 3, remaining: 0 })
    const { pending, find } = await reopened(storageDir)
    expect(pending).toEqual([running.image_id])
    expect(await find(waiting.job_id)).toBeUndefined()
    expect(await find(failed.job_id)).toMatchObject({ state: 'failed' })
    expect(readdirSync(paths.markers('failed'))).toEqual([])
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('whose project is gone are noted, and taken away on request', async () => {
    const { storageDir, waiting, running } = await makeStore()
    await rm(join(storageDir, 'projects', '!game'), { recursive: true })
    const found = await examineAlone(storageDir)
    expect(found).toMatchObject({ remaining: 0, noted: 2 })
    expect(inShort(found)).toContain(`job_stranded ${WAITING(waiting.job_id)} noted`)
    expect(await fix(storageDir)).toMatchObject({ mended: 2, remaining: 0 })
    const { find } = await reopened(storageDir)
    expect([await find(waiting.job_id), await find(running.job_id)]).toEqual([undefined, undefined])
  })

  it('that have lost their markers are noted, and wait again on request', async () => {
    const { storageDir, paths, waiting, failed } = await makeStore()
    await rm(join(storageDir, WAITING(waiting.job_id)))
    await rm(paths.marker('failed', { jobId: failed.job_id, projectId: 'Game', attempts: 0 }))
    const found = await examineAlone(storageDir)
    expect(found).toMatchObject({ remaining: 0, noted: 2 })
    expect(inShort(found)).toContain(`job_left .jobs/uploads/${waiting.job_id} noted`)
    expect(await fix(storageDir)).toMatchObject({ mended: 2, remaining: 0 })
    expect(existsSync(join(storageDir, WAITING(waiting.job_id)))).toBe(true)
    expect(readdirSync(paths.markers('failed'))).toHaveLength(1)
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('and batches that have ended are checked too', async () => {
    const { storageDir, paths, failed, batch } = await makeStore()
    await truncate(paths.batch(batch.batch_id), 10)
    // The record and its place among the finished ones are one file.
    await truncate(paths.record(failed.job_id), 10)
    expect(inShort(await examineAlone(storageDir))).toEqual(
      [
        `job_damaged .jobs/batches/${batch.batch_id}.json mendable`,
        'job_damaged .jobs/finished/0/1.json mendable',
        `job_damaged ${recordOf(failed, storageDir)} mendable`,
      ].sort(),
    )
    expect(await fix(storageDir)).toMatchObject({ mended: 3, remaining: 0 })
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('that finished last keep their number where they are damaged, so that it is not given again', async () => {
    const { storageDir, paths, waiting } = await makeStore()
    await truncate(paths.finishedEntry(2), 10)
    const damaged = (await fix(storageDir)).findings.map(({ kind, path, outcome }) => [kind, path, outcome])
    // Its record is the same file.
    expect(damaged).toEqual([['job_damaged', expect.stringMatching(/^\.jobs\/records\//), 'mended']])
    expect(inShort(await examineAlone(storageDir))).toEqual([])
    const cancelled = await cancel(storageDir, waiting)
    expect(await finishedAfter(storageDir, 2)).toEqual([[3, cancelled]])
    expect(inShort(await fix(storageDir))).toEqual(['job_damaged .jobs/finished/0/2.json mended'])
    expect(await finishedAfter(storageDir, 2)).toEqual([[3, cancelled]])
  })

  it('leave foreign entries alone, and say what is in the place of a folder', async () => {
    const { storageDir, paths } = await makeStore()
    for (const name of ['note.txt', 'queued/x', 'uploads/x', 'batches/x', ...IN_FINISHED])
      await writeFile(join(paths.jobs, name), 'x')
    await rm(paths.markers('new'), { recursive: true })
    await writeFile(paths.markers('new'), 'x')
    await rename(paths.keys, `${storageDir}/keys`)
    await symlink(`${storageDir}/keys`, paths.keys)
    expect(inShort(await examineAlone(storageDir))).toEqual([
      'odd_entry .jobs/keys unmendable',
      'odd_entry .jobs/new mendable',
      'unknown_entry .jobs/batches/x noted',
      ...IN_FINISHED.map((name) => `unknown_entry .jobs/${name} noted`),
      'unknown_entry .jobs/note.txt noted',
      'unknown_entry .jobs/queued/x noted',
      'unknown_entry .jobs/uploads/x noted',
    ])
  })
})

describe('webhooks', () => {
  const makeWebhook = async () => {
    const storageDir = await temporaryFolder()
    await mkdir(join(storageDir, 'projects'))
    const store = createFileWebhookStore({ storageDir })
    const webhook = newWebhook()
    await store.create(webhook)
    await store.cursors.advance(webhook.id, 'Game', 0, { revision: 3, events: 0 })
    await store.cursors.advance(webhook.id, '.jobs', 0, { revision: 1, events: 0 })
    await (await store.takeLease())?.release()
    return { storageDir, store, id: webhook.id }
  }

  it('that are sound have no finding', async () => {
    const { storageDir } = await makeWebhook()
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('are delivered again once a damaged file of one is moved away', async () => {
    const { storageDir, store, id } = await makeWebhook()
    const other = newWebhook()
    await store.create(other)
    await truncate(join(storageDir, '.webhooks', 'endpoints', id, '1.json'), 10)
    await truncate(join(storageDir, '.webhooks', 'cursors', id, '!game', '1.json'), 1)
    await expect(store.list()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(inShort(await examineAlone(storageDir))).toEqual([
      `webhook_damaged .webhooks/cursors/${id}/!game/1.json mendable`,
      `webhook_damaged .webhooks/endpoints/${id}/1.json mendable`,
    ])
    expect(await fix(storageDir)).toMatchObject({ mended: 2, remaining: 0 })
    expect((await store.list()).map((webhook) => webhook.id)).toEqual([other.id])
    expect(await store.cursors.read(id, 'Game')).toBeUndefined()
  })

  it('that were removed leave nothing, and what a crash has left is noted', async () => {
    const { storageDir, store, id } = await makeWebhook()
    await mkdir(join(storageDir, '.webhooks', 'cursors', 'gone000000000000'))
    expect(inShort(await examineAlone(storageDir))).toEqual(['webhook_left .webhooks/cursors/gone000000000000 noted'])
    expect(await fix(storageDir)).toMatchObject({ mended: 1, remaining: 0 })
    await store.remove(id)
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  /** Puts a link to a folder in its place. @returns its path in the store */
  const link = async (storageDir: string, ...names: string[]): Promise<string> => {
    const path = join('.webhooks', ...names)
    const target = join(await temporaryFolder(), 'linked')
    await rename(join(storageDir, path), target)
    await symlink(target, join(storageDir, path))
    return path
  }

  it('behind a symbolic link are reported, and nothing of theirs is moved', async () => {
    for (const names of [['endpoints'], ['cursors'], ['deliveries'], ['endpoints', 'id'], ['cursors', 'id', '!game']]) {
      const { storageDir, store, id } = await makeWebhook()
      await store.deliveries.add(id, newDelivery())
      const path = await link(storageDir, ...names.map((name) => (name === 'id' ? id : name)))
      expect(inShort(await fix(storageDir))).toEqual([`odd_entry ${path} unmendable`])
      expect(existsSync(join(storageDir, '.lost'))).toBe(false)
    }
  })

  it('whose folder a file has replaced are reported, and nothing of theirs is moved', async () => {
    const { storageDir } = await makeWebhook()
    const endpoints = join(storageDir, '.webhooks', 'endpoints')
    await rm(endpoints, { recursive: true })
    await writeFile(endpoints, 'x')
    expect(inShort(await fix(storageDir))).toEqual(['odd_entry .webhooks/endpoints unmendable'])
    expect(existsSync(join(storageDir, '.lost'))).toBe(false)
  })
})
