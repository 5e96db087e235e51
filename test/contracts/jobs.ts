// What every store of jobs must do. One passes by ~20 lines: see test/stores/jobs/file-jobs.test.ts.

import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../src/core/auth/access.ts'
import type { Batch } from '../../src/core/jobs/batch.ts'
import { type FinishedJob, type Job, newJobId, principalTag } from '../../src/core/jobs/job.ts'
import type { Claim, JobStore } from '../../src/stores/jobs/job-store.ts'
import type { Stage, Store } from '../../src/stores/store.ts'

export interface JobsFixture {
  store: Store
  jobs: JobStore
  /** The same jobs as another process has them. */
  another(): Promise<{ store: Store; jobs: JobStore }>
  /** Ends a process without a goodbye, and fences what it has begun, as a sweep does. */
  kill(store: Store): Promise<void>
}

const ADA: Principal = { kind: 'user', id: 'ada' }
const BOB: Principal = { kind: 'user', id: 'bob' }

let atMs = Date.UTC(2026, 4, 4, 23, 59, 59, 990)

export const newJob = (imageId: string, changes: Partial<Job> = {}): Job => {
  atMs += 1
  const at = new Date(atMs)
  return {
    job_id: newJobId(atMs, changes.by ?? ADA),
    kind: 'upload',
    state: 'accepted',
    project_id: 'Game',
    image_id: imageId,
    by: ADA,
    created_at: at.toISOString(),
    started_at: null,
    finished_at: null,
    attempts: 0,
    problem: null,
    upload: { bytes: 5, details: { title: 'A harbour' } },
    retries: 0,
    ...changes,
  }
}

async function* bytes(text: string) {
  yield Buffer.from(text)
}

const staged = async (store: Store, text = 'bytes'): Promise<Stage> => {
  const stage = await store.stage('Game')
  await stage.receive(bytes(text))
  return stage
}

/** Accepts a job. */
const add = async ({ store, jobs }: { store: Store; jobs: JobStore }, changes?: Partial<Job>): Promise<Job> => {
  const stage = await staged(store)
  const job = newJob(stage.imageId, changes)
  expect(await jobs.prepare(job, stage)).toBeUndefined()
  await jobs.admit(job.job_id)
  await stage.discard()
  return job
}

const claimOf = async (jobs: JobStore, { job_id: id, project_id: project }: Job): Promise<Claim> => {
  const claim = await jobs.claim(id, project)
  if (!claim) throw new Error('expected a job that waits')
  return claim
}

const ended = (job: Job, state: FinishedJob['state'] = 'succeeded'): FinishedJob => ({
  ...job,
  state,
  finished_at: new Date(Date.parse(job.created_at) + 1000).toISOString(),
})

const end = async ({ store, jobs }: { store: Store; jobs: JobStore }, job: Job, state?: FinishedJob['state']) => {
  const claim = await claimOf(jobs, job)
  const stage = await store.stage(job.project_id)
  await jobs.finish(claim, ended(claim.job, state), stage)
  await jobs.settle(claim)
  await stage.discard()
}

const readUpload = (jobs: JobStore, { job_id: id }: Job) => jobs.withUpload(id, (path) => readFile(path, 'utf8'))

export const jobsContract = (name: string, open: () => Promise<JobsFixture>): void => {
  describe(`${name} keeps the promises of jobs`, () => {
    it('shows a job to no one before it is admitted, then to every process as queued', async () => {
      const fixture = await open()
      const { store, jobs } = fixture
      const other = await fixture.another()
      const stage = await staged(store)
      const job = newJob(stage.imageId)
      await jobs.prepare(job, stage)
      expect(await other.jobs.find(job.job_id)).toBeUndefined()
      expect(await jobs.list({ limit: 10 })).toEqual([])
      expect(await jobs.waiting()).toEqual([])
      expect(await other.jobs.adopt()).toEqual([])
      await jobs.admit(job.job_id)
      await stage.discard()
      expect(await other.jobs.find(job.job_id)).toEqual({ job, state: 'queued', attempts: 0, startedAt: null })
      expect(await other.jobs.waiting()).toEqual([{ jobId: job.job_id, projectId: 'Game', attempts: 0 }])
      expect(other.jobs.counts()).toEqual({ queued: 1, oldestMs: Date.parse(job.created_at) })
    })

    it('leaves nothing of a job that was withdrawn', async () => {
      const { store, jobs } = await open()
      const stage = await staged(store)
      const job = newJob(stage.imageId)
      await jobs.prepare(job, stage)
      await jobs.withdraw(job.job_id, stage)
      expect(await jobs.find(job.job_id)).toBeUndefined()
      expect(await jobs.adopt()).toEqual([])
      await expect(readUpload(jobs, job)).rejects.toThrow()
    })

    it('gives a job to one of many that claim it, with its upload', async () => {
      const fixture = await open()
      const job = await add(fixture)
      const others = await Promise.all([fixture.another(), fixture.another()])
      const all = [fixture, ...others]
      const claims = await Promise.all(all.map(({ jobs }) => jobs.claim(job.job_id, job.project_id)))
      const winner = claims.findIndex((claim) => claim !== undefined)
      expect(claims.filter((claim) => claim !== undefined)).toEqual([
        { job, attempt: 1, owner: all[winner]?.store.owner() },
      ])
      const jobs = all[winner]?.jobs
      expect(jobs && (await readUpload(jobs, job))).toBe('bytes')
      const seen = await fixture.jobs.find(job.job_id)
      expect(seen).toMatchObject({ state: 'running', attempts: 1 })
      expect(Date.now() - Date.parse(seen?.startedAt ?? '')).toBeLessThan(60_000)
      expect(await fixture.jobs.claim(job.job_id, job.project_id)).toBeUndefined()
    })

    it('counts an attempt that was put back, where it counts', async () => {
      const { jobs, ...rest } = await open()
      const job = await add({ jobs, ...rest })
      await jobs.putBack(await claimOf(jobs, job), false)
      expect(await jobs.find(job.job_id)).toMatchObject({ state: 'queued', attempts: 0 })
      await jobs.putBack(await claimOf(jobs, job), true)
      expect(await jobs.find(job.job_id)).toMatchObject({ state: 'queued', attempts: 1 })
      expect((await claimOf(jobs, job)).attempt).toBe(2)
    })

    it('hands the claim of a process that is gone to one other, with the attempt counted', async () => {
      const fixture = await open()
      const dead = await fixture.another()
      const job = await add(fixture)
      await claimOf(dead.jobs, job)
      expect(await fixture.jobs.adopt()).toEqual([])
      await fixture.kill(dead.store)
      const others = await Promise.all([fixture.another(), fixture.another()])
      const adopted = (await Promise.all(others.map(({ jobs }) => jobs.adopt()))).flat()
      expect(adopted).toMatchObject([{ was: 'claimed', claim: { job, attempt: 1 } }])
      const holder = others.find(({ store }) => store.owner() === adopted[0]?.claim.owner)
      for (const { claim } of adopted) await holder?.jobs.putBack(claim, true)
      expect((await claimOf(fixture.jobs, job)).attempt).toBe(2)
    })

    it('lets a process that was taken for dead finish nothing', async () => {
      const fixture = await open()
      const stopped = await fixture.another()
      const job = await add(fixture)
      const claim = await claimOf(stopped.jobs, job)
      const stage = await stopped.store.stage(job.project_id)
      await fixture.kill(stopped.store)
      await fixture.jobs.adopt()
      await expect(stopped.jobs.finish(claim, ended(job, 'failed'), stage)).rejects.toMatchObject({
        code: 'store_unavailable',
      })
      await stopped.jobs.putBack(claim, true)
      expect(await fixture.jobs.find(job.job_id)).toMatchObject({ state: 'running' })
      expect(await fixture.jobs.newestFinished()).toBe(0)
    })

    it('lets a claim that was lost change nothing, though its process has claimed the job again', async () => {
      const fixture = await open()
      const stopped = await fixture.another()
      const job = await add(fixture)
      const first = await claimOf(stopped.jobs, job)
      await fixture.kill(stopped.store)
      for (const { claim } of await fixture.jobs.adopt()) await fixture.jobs.putBack(claim, true)
      const stage = await stopped.store.stage(job.project_id)
      const second = await claimOf(stopped.jobs, job)
      expect(second.attempt).toBe(2)
      await stopped.jobs.putBack(first, false)
      await stopped.jobs.settle(first)
      await expect(stopped.jobs.finish(first, ended(job, 'failed'), stage)).rejects.toMatchObject({
        code: 'store_unavailable',
      })
      expect(await fixture.jobs.find(job.job_id)).toMatchObject({ state: 'running', attempts: 2 })
      expect(await stopped.jobs.adopt()).toEqual([])
      await stopped.jobs.finish(second, ended(second.job), stage)
      await stopped.jobs.settle(second)
      await stage.discard()
      expect(await fixture.jobs.find(job.job_id)).toMatchObject({ state: 'succeeded' })
    })

    it('hands over a job that was prepared by a process that is gone', async () => {
      const fixture = await open()
      const dead = await fixture.another()
      const stage = await staged(dead.store)
      const job = newJob(stage.imageId)
      await dead.jobs.prepare(job, stage)
      await fixture.kill(dead.store)
      expect(await fixture.jobs.adopt()).toMatchObject([{ was: 'prepared', claim: { job } }])
      const own = await fixture.store.stage('Game')
      await fixture.jobs.withdraw(job.job_id, own)
      await own.discard()
      await expect(dead.jobs.admit(job.job_id)).rejects.toMatchObject({ code: 'store_unavailable' })
      expect(await fixture.jobs.waiting()).toEqual([])
    })

    it('keeps the outcome of a job, and the upload of a failed one', async () => {
      const fixture = await open()
      const { jobs } = fixture
      const [one, two] = [await add(fixture), await add(fixture)]
      const heard: string[] = []
      jobs.onFinished(({ job_id: id, state }) => heard.push(`${id} ${state}`))
      expect([one, two].map(({ job_id: id }) => jobs.mayHaveEnded(id))).toEqual([false, false])
      await end(fixture, one)
      expect([one, two].map(({ job_id: id }) => jobs.mayHaveEnded(id))).toEqual([true, false])
      await end(fixture, two, 'failed')
      expect(heard).toEqual([`${one.job_id} succeeded`, `${two.job_id} failed`])
      expect(await jobs.find(one.job_id)).toMatchObject({ state: 'succeeded', job: ended(one) })
      expect(await jobs.find(two.job_id)).toMatchObject({ state: 'failed' })
      await expect(readUpload(jobs, one)).rejects.toThrow()
      expect(await readUpload(jobs, two)).toBe('bytes')
      expect(await jobs.waiting()).toEqual([])
      expect(await jobs.adopt()).toEqual([])
    })

    it('opens a failed job again once, and no other', async () => {
      const fixture = await open()
      const { store, jobs } = fixture
      const job = await add(fixture)
      const stage = await store.stage('Game')
      const again: Job = { ...job, image_id: stage.imageId, retries: 1 }
      expect(await jobs.reopen(again, stage)).toBeUndefined()
      await end(fixture, job, 'failed')
      const opened = await Promise.all([jobs.reopen(again, stage), (await fixture.another()).jobs.reopen(again, stage)])
      expect(opened.filter((each) => each !== undefined)).toEqual([again])
      const other = await fixture.another()
      expect(await other.jobs.adopt()).toEqual([])
      await stage.discard()
    })

    it('lets a job that was opened again wait, or fail as before where it is withdrawn', async () => {
      const fixture = await open()
      const { store, jobs } = fixture
      const job = await add(fixture)
      await end(fixture, job, 'failed')
      const stage = await store.stage('Game')
      const again: Job = { ...ended(job, 'failed'), state: 'accepted', image_id: stage.imageId, retries: 1 }
      await jobs.reopen(again, stage)
      await jobs.withdraw(job.job_id, stage)
      expect(await jobs.find(job.job_id)).toMatchObject({ state: 'failed' })
      await jobs.reopen(again, stage)
      await jobs.admit(job.job_id)
      await stage.discard()
      expect(await jobs.find(job.job_id)).toMatchObject({ state: 'queued' })
      expect((await claimOf(jobs, job)).job.image_id).toBe(again.image_id)
      expect(await readUpload(jobs, job)).toBe('bytes')
    })

    it('finds the job of a key for as long as it exists, and gives it to a second one', async () => {
      const fixture = await open()
      const { store, jobs } = fixture
      const upload = { bytes: 5, details: {}, key: 'a'.repeat(64) }
      const job = await add(fixture, { upload })
      const stage = await staged(store)
      const second = newJob(stage.imageId, { upload })
      expect((await jobs.prepare(second, stage))?.job.job_id).toBe(job.job_id)
      await stage.discard()
      expect((await jobs.findByKey(upload.key))?.job.job_id).toBe(job.job_id)
      expect(await jobs.findByKey('b'.repeat(64))).toBeUndefined()
      expect(await jobs.adopt()).toEqual([])
      expect(await jobs.waiting()).toHaveLength(1)
    })

    it('lists jobs newest first, of one principal, by pages', async () => {
      const fixture = await open()
      const { jobs } = fixture
      const all: Job[] = []
      for (let at = 0; at < 12; at++) all.unshift(await add(fixture, { by: at % 3 === 0 ? BOB : ADA }))
      const idsOf = async (page: Parameters<JobStore['list']>[0]) =>
        (await jobs.list(page)).map(({ job }) => job.job_id)
      const ids = all.map(({ job_id: id }) => id)
      // They are of two days.
      expect(await idsOf({ limit: 20 })).toEqual(ids)
      expect(await idsOf({ limit: 3, after: ids[2] })).toEqual(ids.slice(3, 6))
      const ofBob = all.filter(({ by }) => by === BOB).map(({ job_id: id }) => id)
      expect(await idsOf({ limit: 20, tag: principalTag(BOB) })).toEqual(ofBob)
      expect(
        await idsOf({ limit: 2, matches: ({ job }) => (job.by && 'id' in job.by && job.by.id === 'bob') || false }),
      ).toEqual(ofBob.slice(0, 2))
    })

    it('numbers finished jobs in the order in which they became durable, for every process', async () => {
      const fixture = await open()
      const other = await fixture.another()
      const all: Job[] = []
      for (let at = 0; at < 6; at++) all.push(await add(fixture))
      expect(await fixture.jobs.newestFinished()).toBe(0)
      expect(await fixture.jobs.finishedAfter(0, 10)).toEqual([])
      for (const [at, job] of all.entries()) await end(at % 2 === 0 ? fixture : other, job)
      const entries = await other.jobs.finishedAfter(0, 10)
      expect(entries.map(({ job }) => job.job_id)).toEqual(all.map(({ job_id: id }) => id))
      const cursors = entries.map(({ cursor }) => cursor)
      expect(cursors).toEqual([...cursors].sort((a, b) => a - b))
      expect(await fixture.jobs.newestFinished()).toBe(cursors.at(-1))
      expect((await fixture.jobs.finishedAfter(cursors[1] ?? 0, 2)).map(({ cursor }) => cursor)).toEqual(
        cursors.slice(2, 4),
      )
    })

    it('adds no finished job behind a cursor, however many processes finish at once', async () => {
      const fixture = await open()
      const others = await Promise.all([fixture.another(), fixture.another()])
      const all: Job[] = []
      for (let at = 0; at < 12; at++) all.push(await add(fixture))
      const found: string[] = []
      let cursor = 0
      const read = async () => {
        for (const entry of await fixture.jobs.finishedAfter(cursor, 100)) {
          found.push(entry.job.job_id)
          cursor = entry.cursor
        }
      }
      const work = all.map((job, at) => end([fixture, ...others][at % 3] ?? fixture, job))
      for (const each of work) {
        await read()
        await each
      }
      await read()
      expect([...found].sort()).toEqual(all.map(({ job_id: id }) => id).sort())
    })

    it('removes finished jobs that are old, and never gives their numbers again', async () => {
      const fixture = await open()
      const { jobs } = fixture
      const [one, two] = [await add(fixture), await add(fixture)]
      await end(fixture, one, 'failed')
      await end(fixture, two)
      const waiting = await add(fixture)
      const newest = await jobs.newestFinished()
      expect(await jobs.prune({ finishedBeforeMs: 0, keysBeforeMs: 0 })).toBe(0)
      expect(await jobs.find(one.job_id)).toBeDefined()
      const later = Date.parse(two.created_at) + 100_000
      expect(await jobs.prune({ finishedBeforeMs: later, keysBeforeMs: later })).toBe(1)
      expect(await jobs.find(one.job_id)).toBeUndefined()
      await expect(readUpload(jobs, one)).rejects.toThrow()
      await end(await fixture.another(), waiting)
      expect((await jobs.finishedAfter(newest, 10)).map(({ job }) => job.job_id)).toEqual([waiting.job_id])
    })

    it('keep their batch, which is removed after the last of them', async () => {
      const fixture = await open()
      const { store, jobs } = fixture
      const one = await add(fixture)
      const stage = await store.stage('Game')
      const later = Date.parse(one.created_at) + 100_000
      const batchOf = (atMs: number, ids: string[]): Batch => ({
        batch_id: newJobId(atMs, ADA),
        project_id: 'Game',
        by: ADA,
        created_at: new Date(atMs).toISOString(),
        jobs: ids,
      })
      const batch = batchOf(later - 1, [one.job_id])
      const young = batchOf(later, [])
      for (const each of [batch, young]) await jobs.addBatch(each, stage)
      await stage.discard()
      const another = await fixture.another()
      expect(await another.jobs.findBatch(batch.batch_id)).toEqual(batch)
      expect(await jobs.findBatch(newJobId(later, ADA))).toBeUndefined()
      expect(await jobs.findBatch('../x')).toBeUndefined()
      const times = { finishedBeforeMs: later, keysBeforeMs: later }
      await jobs.prune(times)
      expect(await jobs.findBatch(batch.batch_id)).toEqual(batch)
      await end(fixture, one)
      // The newest of the finished jobs is kept.
      await end(fixture, await add(fixture))
      await jobs.prune(times)
      expect(await jobs.find(one.job_id)).toBeUndefined()
      expect(await jobs.findBatch(batch.batch_id)).toBeUndefined()
      expect(await jobs.findBatch(young.batch_id)).toEqual(young)
    })
  })
}
