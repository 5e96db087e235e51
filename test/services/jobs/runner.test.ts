// Which jobs a runner begins, and when: without polls, which would come within seconds.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createMemoryQueue } from '../../../src/queues/memory.ts'
import { createJobEndings } from '../../../src/services/jobs/ending.ts'
import { createRunner } from '../../../src/services/jobs/runner.ts'
import { sealOwner } from '../../../src/stores/file/staging/owner-file.ts'
import type { Claim } from '../../../src/stores/jobs/job-store.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { NO_OBSERVER } from '../../../src/telemetry/observer.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { acceptJob, openJobs } from '../../support/store/jobs.ts'

const log = createLogger({ level: 'silent' })
const NEVER_MS = 3_600_000
const WAIT = { timeout: 60_000 }

/** A process without a runner. */
const open = (storageDir: string) => openJobs(storageDir, { sweepMs: NEVER_MS })

/** Another process, whose runner never polls. Its attempts settle nothing. */
const openRunner = async (storageDir: string) => {
  const { store, jobs } = await open(storageDir)
  const begun: Claim[] = []
  const runner = createRunner({
    jobs,
    queue: createMemoryQueue(),
    attempt: async (claim) => {
      begun.push(claim)
      return 'ended'
    },
    endings: createJobEndings({ store, jobs, log, observer: NO_OBSERVER, now: () => new Date() }),
    atOnce: 2,
    keptMs: NEVER_MS,
    log,
    pollMs: NEVER_MS,
    adoptMs: NEVER_MS,
  })
  onTestFinished(() => runner.stop())
  return { runner, begun, jobs }
}

/** Makes a process that lives be of another process, which has ended. */
const endProcess = async ({ storageDir, store }: Awaited<ReturnType<typeof open>>): Promise<void> => {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  const file = join(storageDir, '.tmp', store.owner(), 'owner.json')
  const { folder: _, checksum: __, ...owner } = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, sealOwner(file, { ...owner, pid: child.pid }))
}

describe('a runner', () => {
  it('begins a job of another process when it hears of it', async () => {
    const one = await open(await temporaryFolder())
    const { runner, begun } = await openRunner(one.storageDir)
    const before = await acceptJob(one)
    runner.hear({ jobId: before.job_id, projectId: 'Game' })
    runner.start()
    await vi.waitFor(() => expect(begun.map(({ job }) => job)).toEqual([before]), WAIT)
    const { job_id: jobId } = await acceptJob(one)
    runner.hear({ jobId, projectId: 'Game' })
    // Again, and of a job that another process has begun.
    runner.hear({ jobId, projectId: 'Game' })
    runner.hear({ jobId: 'z'.repeat(24), projectId: 'Game' })
    await vi.waitFor(() => expect(begun.map(({ job }) => job.job_id)).toEqual([before.job_id, jobId]), WAIT)
  })

  it('takes over the jobs of a process that has ended when it hears of its end, and begins them', async () => {
    const one = await open(await temporaryFolder())
    const job = await acceptJob(one)
    await one.jobs.claim(job.job_id, 'Game')
    const { runner, begun, jobs } = await openRunner(one.storageDir)
    runner.start()
    runner.adopt()
    expect(await jobs.adopt()).toEqual([])
    await endProcess(one)
    runner.adopt()
    await vi.waitFor(() => expect(begun).toMatchObject([{ job, attempt: 2 }]), WAIT)
  })
})
