// Checks the folder of a project: its entries, their types, and its lock.

import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SIZES } from '../../../../core/names.ts'
import { makeFolder } from '../../fs/durable.ts'
import type { Paths } from '../../paths.ts'
import { confirmedFindings, type DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { describeType, listNames, statOf } from '../read/files.ts'
import { revisionNumberOf } from '../read/history.ts'
import { linkedFolder } from './links.ts'
import { moveToLost, unknownEntry } from './strays.ts'

/** Names that the store takes for a revision. */
const REVISION_LIKE = /^[1-9]\d*\.json$/

/** Checks the assumptions of the other checks: folders are folders, and hold no unknown entries. */
export async function* checkFolders(context: DoctorContext, projectId: string): AsyncGenerator<Problem> {
  const { paths } = context
  const folders = paths.folders(projectId)
  const known = [...folders, paths.published(projectId), paths.lock(projectId)]
  for (const folder of [paths.project(projectId), paths.meta(projectId)])
    for (const name of await listNames(folder)) {
      const path = join(folder, name)
      if (known.includes(path)) continue
      if (folder !== paths.meta(projectId) || !REVISION_LIKE.test(name)) yield unknownEntry(context, path)
      else if (revisionNumberOf(name) === undefined)
        yield oddEntry(context, path, 'expected a revision number, found one that is too large')
    }
  for (const folder of folders) {
    const problem = await checkFolder(context, folder)
    if (problem) yield problem
  }
}

/** Copying tools may leave out empty folders; the store makes them with the first image of a project only. */
export const checkMissingFolders = async (context: DoctorContext, projectId: string): Promise<Problem[]> => {
  const missing = await confirmedFindings(context, async () => {
    const head = await context.heads.read(projectId)
    const found = new Map<string, string>()
    for (const folder of head && !head.state.deleted ? foldersOf(context.paths, projectId) : [])
      if (!(await statOf(folder))) found.set(folder, folder)
    return found
  })
  return missing.map((folder) => ({
    kind: 'folder_missing',
    path: context.relativePath(folder),
    detail: 'missing; expected a folder',
    async repair() {
      await makeFolder(folder)
      return 'created'
    },
  }))
}

const foldersOf = (paths: Paths, projectId: string): string[] => [
  paths.segments(projectId),
  ...SIZES.map((size) => paths.variants(projectId, size)),
]

const checkFolder = async (context: DoctorContext, folder: string): Promise<Problem | undefined> => {
  const stats = await statOf(folder)
  if (!stats || stats.isDirectory()) return undefined
  if (stats.isSymbolicLink()) return linkedFolder(context, folder)
  const problem = oddEntry(context, folder, `expected a folder, found ${describeType(stats)}`)
  return { ...problem, repair: () => problem.repair().finally(() => makeFolder(folder)) }
}

const oddEntry = (context: DoctorContext, path: string, detail: string) => ({
  kind: 'odd_entry' as const,
  path: context.relativePath(path),
  detail,
  repair: () => moveToLost(context, path),
})

/** A lock is an empty folder, touched while it is held. */
export const checkLock = async (context: DoctorContext, projectId: string): Promise<Problem | undefined> => {
  const path = context.paths.lock(projectId)
  const [found] = await confirmedFindings(context, async () => {
    const fault = await findLockFault(context, path)
    return new Map(fault ? [[`${fault.kind} ${fault.touchedMs}`, fault]] : [])
  })
  if (!found) return undefined
  const { kind, detail, touchedMs, isRemains } = found
  // A holder whose clock is ahead touches it again within half of this time.
  if (touchedMs > Date.now()) await sleep(context.waits.lockStaleMs)
  if ((await statOf(path))?.mtimeMs !== touchedMs) return undefined
  return { kind, path: context.relativePath(path), detail, isRemains, repair: () => removeLock(context, path, found) }
}

interface LockFault {
  kind: 'lock_left' | 'lock_odd'
  detail: string
  isRemains?: boolean
  /** Modification time, in milliseconds since 1970. */
  touchedMs: number
}

const findLockFault = async (
  { waits: { lockStaleMs } }: DoctorContext,
  path: string,
): Promise<LockFault | undefined> => {
  const stats = await statOf(path)
  if (!stats) return undefined
  const { mtimeMs: touchedMs } = stats
  const expected = 'expected an empty folder, found'
  if (!stats.isDirectory()) return { kind: 'lock_odd', detail: `${expected} ${describeType(stats)}`, touchedMs }
  const entries = await listNames(path)
  if (entries.length > 0) return { kind: 'lock_odd', detail: `${expected} ${entries.length} entries in it`, touchedMs }
  const age = Date.now() - touchedMs
  if (Math.abs(age) <= lockStaleMs) return undefined
  const seconds = Math.round(Math.abs(age) / 1000)
  if (age < 0) return { kind: 'lock_left', detail: `stale: touched ${seconds} s in the future`, touchedMs }
  const detail = `stale: touched ${seconds} s ago; the next change takes it over`
  return { kind: 'lock_left', detail, isRemains: true, touchedMs }
}

const removeLock = async (context: DoctorContext, path: string, { kind, touchedMs }: LockFault): Promise<string> => {
  if ((await statOf(path))?.mtimeMs !== touchedMs) return 'already gone'
  if (kind === 'lock_odd') return moveToLost(context, path)
  await rmdir(path)
  return 'removed'
}
