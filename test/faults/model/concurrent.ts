// Plans for several processes that work on one project at once, and what they tell of it.

import fc from 'fast-check'
import { z } from 'zod'
import type { BucketOptions } from '../../../src/stores/s3/client/bucket.ts'
import type { S3StoreOptions } from '../../../src/stores/s3/s3-store.ts'
import { startChild } from '../../support/processes/child.ts'
import { type Entry, entrySchema } from './entry.ts'

const KINDS = [
  'add',
  'put',
  'free',
  'delete',
  'delete several',
  'primary',
  'title',
  'order',
  'drop',
  'read',
  'variant',
] as const

export interface Step {
  kind: (typeof KINDS)[number]
  /** Chooses among the images that the process knows. */
  pick: number
  title: string | null
}

/** For each process, for each of its clients: what to do, one after the other. */
export type Plan = readonly (readonly (readonly Step[])[])[]

export interface PlanShape {
  processes: number
  clients: number
  steps: number
}

export const plansOf = ({ processes, clients, steps }: PlanShape): fc.Arbitrary<Plan> => {
  const step = fc.record({
    kind: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('add' as const, 'read' as const, 'primary' as const) },
      { weight: 4, arbitrary: fc.constantFrom('delete' as const, 'delete several' as const) },
      { weight: 4, arbitrary: fc.constantFrom('put' as const, 'put' as const, 'free' as const) },
      { weight: 3, arbitrary: fc.constantFrom('variant' as const, 'order' as const, 'title' as const) },
      { weight: 1, arbitrary: fc.constant('drop' as const) },
    ),
    pick: fc.nat(1000),
    title: fc.option(fc.string({ maxLength: 10 }), { nil: null }),
  })
  const client = fc.array(step, { minLength: 1, maxLength: steps })
  const process = fc.array(client, { minLength: 1, maxLength: clients })
  return fc.array(process, { minLength: processes, maxLength: processes })
}

export interface FolderOptions {
  storageDir: string
  lockStaleMs?: number
  maxBatch?: number
}

/** A store in a bucket, with ages as tests need them. */
export interface InBucketOptions
  extends Pick<S3StoreOptions, 'workDir' | 'maxBatch' | 'orphanSweepMs' | 'keptRevisions'> {
  bucket: Pick<BucketOptions, 'bucket' | 'region' | 'prefix' | 'endpoint' | 'deadlineMs'> & {
    credentials: { accessKeyId: string; secretAccessKey: string }
  }
}

export type WorkerOptions = FolderOptions | InBucketOptions

const openedSchema = z.object({ thread: z.int() })
const answerSchema = z.object({ entries: z.array(entrySchema) })

interface Round {
  projectId: string
  clients: readonly (readonly Step[])[]
}

export interface Worker {
  pid: number
  /** Id of the thread that makes the calls to the disk, where `UV_THREADPOOL_SIZE` is 1. */
  thread: number
  /** What each of its clients does, one after the other; the clients do it at the same time. */
  perform(projectId: string, clients: readonly (readonly Step[])[]): Promise<Entry[]>
  /** The same in several projects at once. */
  performAll(rounds: readonly Round[]): Promise<Entry[]>
  signal(signal: NodeJS.Signals): void
  /** Closes the store. */
  close(): Promise<void>
}

/** A process with a store that is open. */
export const startWorker = async (options: WorkerOptions, env?: Record<string, string>): Promise<Worker> => {
  const child = await startChild(new URL('./worker.mjs', import.meta.url), { env })
  const { thread } = openedSchema.parse(await child.ask({ type: 'open', options }))
  const performAll = async (rounds: readonly Round[]) =>
    answerSchema.parse(await child.ask({ type: 'round', rounds })).entries
  return {
    pid: child.pid,
    thread,
    perform: (projectId, clients) => performAll([{ projectId, clients }]),
    performAll,
    signal: child.signal,
    async close() {
      await child.ask({ type: 'close' })
      await child.kill()
    },
  }
}

/** Gives each process its part, all at the same time, and gathers what they tell. */
export const perform = (workers: readonly Worker[], projectId: string, plan: Plan): Promise<Entry[]> =>
  performAll(workers, new Map([[projectId, plan]]))

/** {@link perform} in several projects at once. */
export const performAll = async (workers: readonly Worker[], plans: ReadonlyMap<string, Plan>): Promise<Entry[]> => {
  const roundsOf = (at: number) => [...plans].map(([projectId, plan]) => ({ projectId, clients: plan[at] ?? [] }))
  return (await Promise.all(workers.map((worker, at) => worker.performAll(roundsOf(at))))).flat()
}
