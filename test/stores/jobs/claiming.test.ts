// Claims of jobs by messages: whatever ids they hold, and whatever fails while the record is read.

import type * as Files from 'node:fs'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createMemoryQueue } from '../../../src/queues/memory.ts'
import { createRunner } from '../../../src/services/jobs/runner.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { acceptJob, openJobs } from '../../support/store/jobs.ts'

/** Codes with which the next reads of records fail. */
const failures = vi.hoisted((): string[] => [])

vi.mock('node:fs', async (original) => {
  const real = await original<typeof Files>()
  return {
    ...real,
    openSync: (path: string, ...rest: [string | number]) => {
      const code = path.includes('/records/') ? failures.shift() : undefined
      if (code !== undefined) throw Object.assign(new Error(code), { code })
      return real.openSync(path, ...rest)
    },
  }
})

const log = createLogger({ level: 'silent' })

const open = async () => {
  const folder = await temporaryFolder()
  const storageDir = join(folder, 'store')
  await mkdir(storageDir)
  return { folder, ...(await openJobs(storageDir)) }
}

describe('a claim whose ids are none', () => {
  const ID = '0'.repeat(24)

  it.each([
    ['in the store', 'store/projects/demo/original/0a.jpg', '/../../../projects/demo/original/0a.jpg'],
    ['outside of the store', 'outside.txt', '/../../../../outside.txt'],
  ])('leaves a file %s alone', async (_, path, projectId) => {
    const { folder, jobs } = await open()
    const victim = join(folder, path)
    await mkdir(dirname(victim), { recursive: true })
    await writeFile(victim, 'bytes')
    for (const jobId of ['x', ID]) expect(await jobs.claim(jobId, projectId)).toBeUndefined()
    expect(await jobs.claim(projectId, 'demo')).toBeUndefined()
    expect(await readFile(victim, 'utf8')).toBe('bytes')
  })

  it.each([
    ['a'.repeat(300), 'demo'],
    ['', 'demo'],
    [ID, ''],
    [ID, 'a'.repeat(300)],
    [ID, 'a\0b'],
  ])('is no claim: %j of %j', async (jobId, projectId) => {
    const { jobs } = await open()
    expect(await jobs.claim(jobId, projectId)).toBeUndefined()
  })

  it('finds and removes nothing by other calls either', async () => {
    const { folder, store, jobs } = await open()
    const victim = join(folder, 'outside.txt')
    await writeFile(victim, 'bytes')
    const jobId = '000000000/../../../../outside.txt'
    expect(await jobs.find(jobId)).toBeUndefined()
    expect(await jobs.findBatch(jobId)).toBeUndefined()
    expect(jobs.mayHaveEnded(jobId)).toBe(true)
    await expect(jobs.withUpload(jobId, (path) => readFile(path, 'utf8'))).rejects.toMatchObject({ code: 'internal' })
    await expect(jobs.findByKey('../../../outside.txt')).rejects.toMatchObject({ code: 'internal' })
    const stage = await store.stage('demo')
    await jobs.withdraw('../../../outside.txt', stage)
    await stage.discard()
    expect(await readFile(victim, 'utf8')).toBe('bytes')
  })
})

describe('a claim whose record cannot be read', () => {
  it.each(['EMFILE', 'EIO'])('lets the job wait as before where that may pass: %s', async (code) => {
    const opened = await open()
    const { jobs } = opened
    const { job_id: jobId } = await acceptJob(opened)
    await jobs.waiting()
    failures.push(code)
    await expect(jobs.claim(jobId, 'Game')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(jobs.counts()).toMatchObject({ queued: 1 })
    expect(await jobs.waiting()).toEqual([{ jobId, projectId: 'Game', attempts: 0 }])
    expect(failures).toEqual([])
    expect(await jobs.claim(jobId, 'Game')).toMatchObject({ job: { job_id: jobId }, attempt: 1 })
  })

  it.each([
    ['is missing', (path: string) => rm(path)],
    ['is no JSON', (path: string) => writeFile(path, '{')],
    ['is a link', (path: string) => rm(path).then(() => symlink('elsewhere.json', path))],
    ['is a folder', (path: string) => rm(path).then(() => mkdir(path))],
  ])('leaves the job out where the record %s', async (_, damage) => {
    const opened = await open()
    const { jobs, storageDir } = opened
    const { job_id: jobId, created_at: at } = await acceptJob(opened)
    await damage(join(storageDir, '.jobs/records', at.slice(0, 10), `${jobId}.json`))
    expect(await jobs.claim(jobId, 'Game')).toBeUndefined()
    expect(await jobs.waiting()).toEqual([])
    expect(await readdir(join(storageDir, '.jobs/running'))).toEqual([])
  })

  it('is repeated by a runner', async () => {
    const opened = await open()
    const { jobs } = opened
    const { job_id: jobId } = await acceptJob(opened)
    failures.push('EIO')
    const begun: string[] = []
    const runner = createRunner({
      jobs,
      queue: createMemoryQueue(),
      async attempt({ job, attempt }) {
        begun.push(`${attempt} ${job.job_id}`)
        return 'ended'
      },
      endings: { resume: async () => {} },
      atOnce: 1,
      keptMs: 3_600_000,
      log,
      pollMs: 3_600_000,
      adoptMs: 3_600_000,
    })
    onTestFinished(() => runner.stop())
    runner.start()
    await vi.waitFor(() => expect(begun).toEqual([`1 ${jobId}`]), { timeout: 60_000 })
    expect(failures).toEqual([])
  })
})
