// What the acceptance of an upload and the making of its image write durably, and how long an acceptance waits for others.

import { writeFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { emptyProject } from '../../../src/core/project/state.ts'
import type { EncodeJob } from '../../../src/image/encoder.ts'
import { createMemoryQueue } from '../../../src/queues/memory.ts'
import { createUploadSteps } from '../../../src/services/images/upload.ts'
import { createAcceptance } from '../../../src/services/jobs/accept.ts'
import { createAttempt } from '../../../src/services/jobs/attempt.ts'
import { createJobEndings } from '../../../src/services/jobs/ending.ts'
import { createFileMarks } from '../../../src/stores/idempotency/file-marks.ts'
import type { CommitOptions } from '../../../src/stores/store.ts'
import { NO_OBSERVER } from '../../../src/telemetry/observer.ts'
import { recordOf } from '../../contracts/store.ts'
import { watchDisk } from '../../support/disk/calls.ts'
import { memoryFolder } from '../../support/disk/memory-folder.ts'
import { silent } from '../../support/store/file-store.ts'
import { openJobs } from '../../support/store/jobs.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

/** A store with pending images in its project, and what works on its jobs. */
const open = async (pendingImages?: number) => {
  const storageDir = await memoryFolder()
  const { store, jobs } = await openJobs(storageDir)
  const now = () => new Date()
  const encoders = {
    async encode({ targets }: EncodeJob) {
      for (const name of SIZES) await writeFile(targets[name], name)
      const { sizes } = recordOf('')
      return { type: 'image/jpeg' as const, sha256: 'b'.repeat(64), sizes, placeholder: 'AAAA', color: '#000000' }
    },
  }
  const steps = createUploadSteps({ store, encoders, variants: { async preload() {}, forget() {} } })
  const endings = createJobEndings({ store, jobs, log: silent, observer: NO_OBSERVER, now })
  const commits: CommitOptions[] = []
  const acceptance = createAcceptance({
    store: {
      ...store,
      recent: (id) =>
        pendingImages === undefined
          ? store.recent(id)
          : { ...emptyProject(id, ''), pending: Array.from({ length: pendingImages }, () => '') },
      commit(projectId, change, options = {}) {
        commits.push(options)
        return store.commit(projectId, change, options)
      },
    },
    jobs,
    queue: createMemoryQueue(),
    endings,
    answers: steps.answers,
    marks: createFileMarks({ storageDir }),
    maxQueued: 10,
    now,
  })
  const attempt = createAttempt({ store, jobs, endings, steps, log: silent, now })
  const accept = async () => {
    async function* file() {
      yield Buffer.from('an upload')
    }
    const accepted = await acceptance.upload('Game', file(), { idempotencyKey: String(commits.length) })
    return 'job' in accepted ? accepted.job.job : expect.unreachable()
  }
  return { storageDir, jobs, accept, attempt, commits }
}

/** Syncs of a piece of work, by the last part of a path without what is random in it. */
const syncsOf = async (storageDir: string, work: () => Promise<unknown>): Promise<string[]> => {
  const synced: string[] = []
  const stop = watchDisk({
    before({ name, path }) {
      if (name === 'sync') synced.push(path.slice(storageDir.length + 1))
    },
  })
  await work()
  stop()
  return synced
    .map((path) =>
      path
        .replace(/\d{4}-\d\d-\d\d/, 'day')
        .replace(/^\.tmp\/\w{12}/, '.tmp/owner')
        .replace(/\w{12,24}@!game/, 'work')
        .replace(/\b[0-9a-z]{16}\.json/, 'draft.json')
        .replace(/meta-\w+/, 'meta')
        .replace(/[0-9a-z]{20,24}(?=\.jpg|$)/, 'id'),
    )
    .sort()
}

const COMMIT = ['.tmp/owner/work/draft.json', '.tmp/owner/work/meta.json', 'projects/!game/.meta']

describe('syncs of a job', () => {
  it('of an acceptance are those of its upload, its record, its marker, its key and the project', async () => {
    const { storageDir, accept } = await open()
    await accept()
    expect(await syncsOf(storageDir, accept)).toEqual(
      [
        ...['.jobs/uploads/id', '.jobs/uploads', '.tmp/owner/work/job.json', '.jobs/records/day'],
        ...['.jobs/new', '.jobs/queued', '.tmp/owner/work/key', '.jobs/keys', ...COMMIT],
      ].sort(),
    )
  })

  it('of an attempt are those of an upload, and of the end of the job', async () => {
    const { storageDir, jobs, accept, attempt } = await open()
    const ended = async () => {
      const { job_id: jobId } = await accept()
      const claim = await jobs.claim(jobId, 'Game')
      if (!claim) return expect.unreachable()
      const work = () => attempt(claim, new AbortController().signal)
      return syncsOf(storageDir, async () => expect(await work()).toBe('ended'))
    }
    await ended()
    expect(await ended()).toEqual(
      [
        '.tmp/owner',
        ...SIZES.flatMap((size) => [`projects/!game/${size}`, `projects/!game/${size}/id.jpg`]),
        ...COMMIT,
        ...['.tmp/owner/work/job.json', '.jobs/records/day', '.jobs/finished/0'],
      ].sort(),
    )
  })
})

describe('an acceptance', () => {
  it.each([
    [10, 0],
    [499, 0],
    [500, 1],
    [10_000, 20],
    [25_000, 50],
    [100_000, 50],
  ])('beside %i pending images waits for others for up to %i ms', async (pendingImages, gatherMs) => {
    const { accept, commits } = await open(pendingImages)
    await accept()
    expect(commits.map((commit) => commit.gatherMs)).toEqual([gatherMs])
  })
})
