// A model of jobs against the real services: random plans of accepting, making, cancelling and trying again, through three
// processes' stores in this one. Processes are swept as dead in the middle of attempts, and go on nevertheless.

import { existsSync, readdirSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import type { JobState } from '../../../src/core/jobs/job.ts'
import { pendingOf } from '../../../src/core/jobs/pending.ts'
import { SIZES, type Size } from '../../../src/core/names.ts'
import type { EncodedPicture, EncodeJob } from '../../../src/image/encoder.ts'
import { createMemoryQueue } from '../../../src/queues/memory.ts'
import { createUploadSteps } from '../../../src/services/images/upload.ts'
import { createVariants } from '../../../src/services/images/variants.ts'
import { createAcceptance } from '../../../src/services/jobs/accept.ts'
import { createAttempt } from '../../../src/services/jobs/attempt.ts'
import { createBatchService } from '../../../src/services/jobs/batches.ts'
import { createJobEndings } from '../../../src/services/jobs/ending.ts'
import { createJobService } from '../../../src/services/jobs/jobs.ts'
import { createFileStore } from '../../../src/stores/file/file-store.ts'
import { createFileMarks } from '../../../src/stores/idempotency/file-marks.ts'
import { createFileJobs } from '../../../src/stores/jobs/file-jobs.ts'
import { NO_OBSERVER } from '../../../src/telemetry/observer.ts'
import { memoryFolder } from '../../support/disk/memory-folder.ts'
import { say } from '../../support/faults/say.ts'
import { sha256Of } from '../../support/pictures/pictures.ts'
import { silent } from '../../support/store/file-store.ts'
import { straysIn } from '../../support/store/strays.ts'

const PROJECT = 'shop'
const PROCESSES = 3
const PLANS = 100
/** Runs of one plan whose commands meet in any order. */
const LOST = 20
const NEVER_MS = 3_600_000
const ADMIN = { kind: 'unrestricted' } as const

/** Where a process is taken for dead: before its picture is made, and before and after its job is finished. */
const DEATHS = ['encode', 'finish', 'settle'] as const
type Death = (typeof DEATHS)[number]

interface Command {
  kind: 'accept' | 'work' | 'cancel' | 'retry' | 'adopt'
  by: number
  /** Chooses among the jobs that there are. */
  pick: number
  isBad: boolean
  dies: Death | undefined
}

/** What a client knows of a job. */
interface Known {
  isBad: boolean
  /** Attempts in which a process was taken for dead. */
  deaths: number
  isCancelled: boolean
}

const commands: fc.Arbitrary<Command> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('accept' as const) },
    { weight: 8, arbitrary: fc.constant('work' as const) },
    { weight: 2, arbitrary: fc.constantFrom('cancel' as const, 'retry' as const, 'adopt' as const) },
  ),
  by: fc.nat(PROCESSES - 1),
  pick: fc.nat(1000),
  isBad: fc.nat(3).map((n) => n === 0),
  dies: fc.option(fc.constantFrom(...DEATHS), { nil: undefined }),
})

/** Commands of one step are sent at once. */
const plans = fc.array(fc.array(commands, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 10 })

/** Bytes in the place of variants. Refuses what begins with `bad`. */
const encode = async ({ source, targets }: EncodeJob): Promise<EncodedPicture> => {
  const upload = await readFile(source)
  if (upload.toString().startsWith('bad')) throw new TintypeError('damaged_image', 'The picture is damaged.')
  const variantOf = async (size: Size) => {
    await writeFile(targets[size], size)
    return { width: 4, height: 3, bytes: size.length, sha256: sha256Of(Buffer.from(size)) }
  }
  const [original, medium, thumb, game] = await Promise.all([
    variantOf('original'),
    variantOf('medium'),
    variantOf('thumb'),
    variantOf('game'),
  ])
  const sizes = { original, medium, thumb, game }
  return { type: 'image/jpeg', sha256: sha256Of(upload), sizes, placeholder: 'AAAAAAAA', color: '#000000' }
}

const openProcess = async (storageDir: string) => {
  const store = createFileStore({ storageDir, log: silent, sweepMs: NEVER_MS })
  await store.open()
  const files = createFileJobs({ storageDir, store, log: silent })
  let death: Death | undefined
  /** Takes the process for dead, as a sweep begins, if this is where. It goes on all the same. */
  const maybeDie = async (at: Death): Promise<void> => {
    if (death !== at) return
    death = undefined
    const workspace = join(storageDir, '.tmp', store.owner())
    await rename(workspace, `${workspace}.left`).catch(() => {})
  }
  const jobs: typeof files = {
    ...files,
    finish: (...given) => maybeDie('finish').then(() => files.finish(...given)),
    settle: (...given) => maybeDie('settle').then(() => files.settle(...given)),
  }
  const now = () => new Date()
  const encoders = { encode: (job: EncodeJob) => maybeDie('encode').then(() => encode(job)) }
  const steps = createUploadSteps({ store, encoders, variants: createVariants({ store }) })
  const endings = createJobEndings({ store, jobs, log: silent, observer: NO_OBSERVER, now })
  const shared = { store, jobs, endings, now }
  const marks = createFileMarks({ storageDir })
  const queue = createMemoryQueue()
  const acceptance = createAcceptance({ ...shared, queue, answers: steps.answers, marks, maxQueued: 1000 })
  const batches = createBatchService({ store, jobs, acceptance, now })
  const attempt = createAttempt({ ...shared, steps, log: silent })
  const signal = new AbortController().signal
  return {
    store,
    jobs,
    service: createJobService({ store, jobs, acceptance, batches, endings }),

    async adopt() {
      for (const each of await jobs.adopt()) await endings.resume(each)
    },

    /** Makes one job. @returns its id; undefined where another process has it */
    async work(pick: number, dies: Death | undefined) {
      const waiting = await jobs.waiting()
      const one = waiting[pick % waiting.length]
      const claim = one && (await jobs.claim(one.jobId, one.projectId))
      if (!claim) return undefined
      death = dies
      await attempt(claim, signal)
      const hasDied = dies !== undefined && death === undefined
      death = undefined
      return { jobId: claim.job.job_id, hasDied }
    },
  }
}

type Process = Awaited<ReturnType<typeof openProcess>>

async function* content(text: string) {
  yield Buffer.from(text)
}

/** Runs a plan. @returns what is wrong, one line each */
const run = async (plan: readonly (readonly Command[])[], storageDir: string) => {
  const processes = await Promise.all(Array.from({ length: PROCESSES }, () => openProcess(storageDir)))
  const known = new Map<string, Known>()
  const idAt = (pick: number): string => [...known.keys()][pick % known.size] ?? 'z'.repeat(24)

  const perform = async ({ kind, by, pick, isBad, dies }: Command): Promise<void> => {
    const process = processes[by]
    if (!process) return
    if (kind === 'adopt') return process.adopt()
    if (kind === 'work') {
      const worked = await process.work(pick, dies)
      const job = worked?.hasDied ? known.get(worked.jobId) : undefined
      if (job) job.deaths++
      return
    }
    if (kind === 'accept') {
      const file = content(`${isBad ? 'bad' : 'good'} ${pick}`)
      const answer = await process.service.accept(PROJECT, file, { by: ADMIN })
      if ('job' in answer) known.set(answer.job.job.job_id, { isBad, deaths: 0, isCancelled: false })
      return
    }
    const jobId = idAt(pick)
    if (kind === 'cancel') await process.service.cancel(jobId, ADMIN)
    else await process.service.retry(jobId, ADMIN)
    const job = known.get(jobId)
    if (job && kind === 'cancel') job.isCancelled = true
  }

  for (const step of plan)
    await Promise.all(
      step.map((command) =>
        perform(command).catch((error: unknown) => {
          if (!(error instanceof TintypeError) || !EXPECTED.has(error.code)) throw error
        }),
      ),
    )

  const last = await openProcess(storageDir)
  await comeToRest(last, storageDir)
  const findings = await wrongIn(last, known, storageDir)
  await Promise.all([...processes, last].map(({ store }) => store.close()))
  const after = await openProcess(storageDir)
  await after.store.sweep()
  findings.push(...(await straysIn(storageDir)))
  await after.store.close()
  return { findings, known }
}

/** Answers to what comes too late, or to a process that was taken for dead meanwhile. */
const EXPECTED: ReadonlySet<string> = new Set(['job_conflict', 'job_not_found', 'store_unavailable'])

/** Works until nothing waits and nothing runs. */
const comeToRest = async ({ store, adopt, work }: Process, storageDir: string): Promise<void> => {
  for (let rounds = 0; atWork(storageDir).length > 0; rounds++) {
    if (rounds > 100) throw new Error(`the jobs do not come to rest: ${atWork(storageDir)}`)
    await store.sweep()
    await adopt()
    await work(0, undefined)
  }
}

const namesIn = (storageDir: string, folder: string): string[] => {
  const path = join(storageDir, '.jobs', folder)
  return existsSync(path) ? readdirSync(path) : []
}

const atWork = (storageDir: string): string[] =>
  ['new', 'queued', 'running'].flatMap((folder) => namesIn(storageDir, folder))

const wrongIn = async ({ store, jobs }: Process, known: ReadonlyMap<string, Known>, storageDir: string) => {
  const findings: string[] = []
  const all = await jobs.list({ limit: 1000 })
  const byId = new Map(all.map((seen) => [seen.job.job_id, seen]))
  for (const [jobId, { isBad, deaths, isCancelled }] of known) {
    const allowed = new Set<JobState>([isBad || deaths >= 3 ? 'failed' : 'succeeded'])
    if (deaths >= 3 && !isBad) allowed.add('succeeded')
    const state = byId.get(jobId)?.state
    if (isCancelled ? state !== 'cancelled' : state === undefined || !allowed.has(state))
      findings.push(`job ${jobId} is ${state}, cancelled: ${isCancelled}, bad: ${isBad}, deaths: ${deaths}`)
  }
  const project = await store.project(PROJECT)
  const images = (project && (await store.images(project))) ?? []
  const made = all.flatMap(({ state, job }) => (state === 'succeeded' ? [job.image_id] : [])).sort()
  const listed = images.map(({ id }) => id).sort()
  if (made.join() !== listed.join()) findings.push(`the jobs have made ${made}, the project has ${listed}`)
  for (const { id } of project ? pendingOf(project) : []) findings.push(`${id} is pending`)
  const failed = all.flatMap(({ state, job }) => (state === 'failed' ? [job.job_id] : [])).sort()
  if (namesIn(storageDir, 'uploads').sort().join() !== failed.join())
    findings.push('there are other uploads than failed')
  if (namesIn(storageDir, 'failed').length !== failed.length) findings.push('a failed job cannot be tried again')
  for (const { id } of images)
    for (const size of SIZES)
      if (!existsSync(join(storageDir, 'projects', PROJECT, size, `${id}.jpg`)))
        findings.push(`${size} of ${id} is gone`)
  return findings
}

const command = (kind: Command['kind'], dies?: Death): Command => ({ kind, by: 0, pick: 0, isBad: false, dies })

describe('jobs in a model', () => {
  it('are not cancelled once their image was made, though their process could not finish them', async () => {
    const plan = [[command('accept')], [command('work', 'finish')], [command('cancel')]]
    const { findings, known } = await run(plan, join(await memoryFolder(), 'plan'))
    expect(findings).toEqual([])
    expect([...known.values()]).toEqual([{ isBad: false, deaths: 1, isCancelled: false }])
  })

  it('come to rest where a process goes on with a job that it has lost, and accepts and takes over others', async () => {
    const folder = await memoryFolder()
    const again = [command('accept'), command('work'), command('adopt')]
    for (let times = 0; times < LOST; times++) {
      const plan = [[{ ...command('accept'), isBad: true }], [command('work', 'encode')], again]
      const { findings } = await run(plan, join(folder, `plan-${times}`))
      expect(findings).toEqual([])
    }
  })

  it(`end once each, over ${PLANS} random plans with processes that are taken for dead`, async () => {
    const folder = await memoryFolder()
    const sum = { plans: 0, jobs: 0, deaths: 0 }
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { findings, known } = await run(plan, join(folder, `plan-${sum.plans++}`))
        expect(findings).toEqual([])
        sum.jobs += known.size
        for (const { deaths } of known.values()) sum.deaths += deaths
      }),
      { numRuns: PLANS },
    )
    say(`jobs in a model: ${sum.plans} plans, ${sum.jobs} jobs, ${sum.deaths} processes taken for dead in an attempt`)
    expect(sum.deaths).toBeGreaterThan(0)
  })
})
