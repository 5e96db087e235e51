// Brings a store back from the bucket of its fallback into an empty folder: records, lists and revisions. The files of its
// pictures come with their readers (../file/mending.ts).
//
//   .fallback/restoring.json    while it is under way, so that a start after a crash goes on
//
// A folder is empty where no project has a revision. It is to have the store of the bucket where it owned the bucket
// before, or takes it over.

import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { TintypeError } from '../../core/errors.ts'
import { randomIds } from '../../core/random-id.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { copyProject } from '../copy/copy-project.ts'
import { copyRecords, RECORD_ROOTS } from '../copy/copy-records.ts'
import { isOfPlace } from '../copy/failure.ts'
import type { CopySource, CopyTarget } from '../copy/place.ts'
import { revisionNumbers } from '../file/commit/revision-file.ts'
import { isFull, makeFolder, readText, removeFile, sync, unlessMissing, writeNew } from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import { type Paths, projectIdOf } from '../file/paths.ts'
import type { Lease } from '../private/lease.ts'
import { FALLBACK } from '../private/removals.ts'
import type { Claim } from './owner.ts'
import { markPartial, RESTORING } from './partial.ts'
import type { Positions } from './positions.ts'

export interface RestoringOptions {
  /** Of the folder. */
  paths: Paths
  /** The bucket. */
  source: CopySource
  /** The folder. */
  target: CopyTarget
  positions: Positions
  /** Makes the bucket, where it is missing and the settings say so. */
  makeBucket(): Promise<void>
  /** Makes the store the owner of the bucket, or finds that it is. */
  claim(): Promise<Claim>
  /** True where this start may take the bucket over. */
  mayTakeOver: boolean
  /** Of the process that brings the store back, among all that share the folder. */
  takeLease(): Promise<Lease | undefined>
  log: Logger
  sleep(ms: number, signal: AbortSignal): Promise<void>
  signal: AbortSignal
}

/** Pause while another process brings the store back, in milliseconds. */
const POLL_MS = 200
/** Projects that are brought back at once: most of the time goes by in requests. */
const PROJECTS = 8
/** Failures of the bucket in a row that are waited out, and the first pause, in milliseconds: a minute in all. */
const MOST_FAILURES = 6
const PAUSE_MS = 1000
/** Time between two lines of the log, in milliseconds. */
const PROGRESS_MS = 10_000

const markSchema = z.object({
  /** Name of the bucket. */
  from: z.string(),
  /** Folders of records that are still to be brought back: those that were empty. */
  records: z.array(z.enum(RECORD_ROOTS)),
})

type Mark = z.infer<typeof markSchema>

const newToken = randomIds(12)

/**
 * Does nothing where the folder has a store. Once it resolves, the folder has every project of the bucket that is whole.
 *
 * @throws TintypeError `store_unavailable` where the bucket is another store's, or where the store is to be brought back
 *   and the bucket cannot be used; the signal's reason. The next call goes on
 */
export const restoreStore = async (options: RestoringOptions): Promise<void> => {
  const { paths, signal, sleep } = options
  while ((await readMark(paths)) || (await isEmpty(paths))) {
    signal.throwIfAborted()
    const lease = await options.takeLease()
    if (lease) {
      try {
        // Another process may have been first.
        if ((await readMark(paths)) || (await isEmpty(paths))) await restore(options, lease)
        return
      } finally {
        await lease.release()
      }
    }
    await sleep(POLL_MS, signal)
  }
}

const restore = async (options: RestoringOptions, lease: Lease): Promise<void> => {
  const { paths, source, target, positions, mayTakeOver, log, signal } = options
  let mark = await readMark(paths)
  if (mark && mark.from !== source.name) throw otherBucket(mark, source)
  const isDue = mark !== undefined || mayTakeOver || (await positions.any())
  const content = await contentOf(options).catch((error: unknown) => {
    if (isDue) throw unusable(source, error)
  })
  // As far as is known here the bucket was never this store's: it serves, and the copy begins later.
  if (!content) return
  const { projectIds, isAny } = content
  if (!isAny) return end(paths)
  // Before the bucket is this store's: after a crash, the next start must not take the folder for a new store's.
  if (mayTakeOver) mark ??= await begin(options)
  const claim = await options.claim()
  if (typeof claim === 'object') throw claim.refusal
  mark ??= await begin(options)
  log.warn({ from: source.name, projects: projectIds.length }, 'bringing the store back from the fallback')
  if (projectIds.length > 0) await source.open()
  await markPartial(paths.root)
  await target.openToWrite()
  const { records } = mark
  await persistently(options, () => copyRecords(only(source, records), only(target, records), signal))
  // From now on those of the folder are the newer ones.
  await writeMark(paths, { ...mark, records: [] })
  const refused = await restoreProjects(options, projectIds, lease)
  await end(paths)
  log.warn({ from: source.name, projects: projectIds.length - refused, refused }, 'the store is back from the fallback')
}

/** @returns the number of projects that are not whole in the bucket */
const restoreProjects = async (
  options: RestoringOptions,
  projectIds: readonly string[],
  lease: Lease,
): Promise<number> => {
  const { source, target, positions, log, signal } = options
  const rest = projectIds.values()
  let [done, refused, shownMs] = [0, 0, performance.now()]
  let failure: { error: unknown } | undefined
  const restoreOne = async (projectId: string): Promise<void> => {
    const copied = await persistently(options, () =>
      copyProject(
        { ...{ source, target, signal, verify: false, files: false, parallel: 1 }, onFiles: () => {} },
        projectId,
      ),
    )
    if (copied) await positions.write(projectId, copied.revision)
  }
  const work = async (): Promise<void> => {
    for (const projectId of rest) {
      if (failure) return
      await restoreOne(projectId).catch((error: unknown) => {
        if (signal.aborted || isOfPlace(error)) failure ??= { error }
        else {
          refused++
          log.error({ error, projectId }, 'could not bring a project back from the fallback; serving without it')
        }
      })
      if (!lease.isHeld()) failure ??= { error: lostLease() }
      done++
      if (performance.now() - shownMs < PROGRESS_MS) continue
      shownMs = performance.now()
      log.warn({ projects: done, of: projectIds.length }, 'bringing the store back from the fallback')
    }
  }
  await Promise.all(Array.from({ length: PROJECTS }, work))
  if (failure) throw signal.aborted ? signal.reason : failure.error
  return refused
}

/** True where no project has a revision. */
const isEmpty = async (paths: Paths): Promise<boolean> => {
  refuseLinks(paths.root, paths.projects)
  for (const name of await namesIn(paths.projects)) {
    const projectId = projectIdOf(name)
    if (projectId === undefined) continue
    if (existsSync(paths.published(projectId)) || (await revisionNumbers(paths.meta(projectId))).length > 0)
      return false
  }
  return true
}

const contentOf = async ({ source, makeBucket }: RestoringOptions) => {
  await makeBucket()
  const projectIds = await source.projectIds()
  return { projectIds, isAny: projectIds.length > 0 || (await source.records()).length > 0 }
}

/** Decides what is to be brought back. Records that are here are newer, or of this store alone. */
const begin = async ({ paths, source, target }: RestoringOptions): Promise<Mark> => {
  const present = await target.records()
  const records = RECORD_ROOTS.filter((root) => !present.some((path) => path.startsWith(`${root}/`)))
  const mark = { from: source.name, records }
  await writeMark(paths, mark)
  return mark
}

const end = async ({ root }: Paths): Promise<void> => {
  await removeFile(join(root, FALLBACK, RESTORING))
  await sync(join(root, FALLBACK)).catch(unlessMissing)
}

const readMark = async ({ root }: Paths): Promise<Mark | undefined> => {
  refuseLinks(root, join(root, FALLBACK))
  const text = await readText(join(root, FALLBACK, RESTORING)).catch(unlessMissing)
  return text === undefined ? undefined : markSchema.parse(JSON.parse(text))
}

const writeMark = async ({ root }: Paths, mark: Mark): Promise<void> => {
  const folder = join(root, FALLBACK)
  await makeFolder(folder)
  const draft = join(folder, `.${newToken()}`)
  await writeNew(draft, JSON.stringify(mark))
  await rename(draft, join(folder, RESTORING))
  await sync(folder)
}

/** Waits while the bucket is away. */
const persistently = async <T>({ sleep, signal, log }: RestoringOptions, work: () => Promise<T>): Promise<T> => {
  for (let failures = 0; ; failures++) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || isFull(error) || !isOfPlace(error) || failures === MOST_FAILURES) throw error
      log.warn({ error }, 'could not read from the fallback; trying again')
      await sleep(PAUSE_MS * 2 ** failures, signal)
    }
  }
}

/** A place with the records of some folders alone. */
const only = <Place extends CopySource>(place: Place, roots: readonly string[]): Place => ({
  ...place,
  records: async () => (await place.records()).filter((path) => roots.some((root) => path.startsWith(`${root}/`))),
})

const otherBucket = ({ from }: Mark, { name }: CopySource): TintypeError =>
  new TintypeError(
    'store_unavailable',
    `The store is being brought back from ${from}, and FALLBACK is ${name}; set the former, ` +
      'or remove .fallback/restoring.json to serve what is here.',
  )

const unusable = ({ name }: CopySource, cause: unknown): TintypeError =>
  new TintypeError(
    'store_unavailable',
    `The folder is empty, and its store cannot be brought back from ${name} now: ` +
      (cause instanceof Error ? cause.message : String(cause)),
    { cause },
  )

const lostLease = (): TintypeError =>
  new TintypeError('store_unavailable', 'Another process brings the store back; start again.')
