// The folder of a project: what stands in it, and its lock.

import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SIZES } from '../../../../core/names.ts'
import { makeFolder } from '../../fs/durable.ts'
import type { Paths } from '../../paths.ts'
import { seenTwice, type Tools } from '../context.ts'
import type { Problem } from '../problem.ts'
import { namesIn, statOf, typeOf } from '../read/files.ts'
import { revisionNumberOf } from '../read/history.ts'
import { unknownEntry } from './strays.ts'

/** What the store takes for the name of a revision. */
const LIKE_A_REVISION = /^[1-9]\d*\.json$/

/** Checks what the other checks take for granted: folders are folders, and nothing else stands beside them. */
export async function* checkFolders(tools: Tools, projectId: string): AsyncGenerator<Problem> {
  const { paths } = tools
  const folders = [
    paths.meta(projectId),
    paths.segments(projectId),
    ...SIZES.map((size) => paths.variants(projectId, size)),
  ]
  const known = [...folders, paths.published(projectId), paths.lock(projectId)]
  for (const folder of [paths.project(projectId), paths.meta(projectId)])
    for (const name of await namesIn(folder)) {
      const path = join(folder, name)
      if (known.includes(path)) continue
      if (folder !== paths.meta(projectId) || !LIKE_A_REVISION.test(name)) yield unknownEntry(tools, path)
      else if (revisionNumberOf(name) === undefined)
        yield movable(tools, path, 'its number is none that a revision has')
    }
  for (const folder of folders) {
    const problem = await checkFolder(tools, folder)
    if (problem) yield problem
  }
}

/** Copying tools may leave out empty folders; the store makes its folders with a project's first image only. */
export const checkMissingFolders = async (tools: Tools, projectId: string): Promise<Problem[]> => {
  const { paths, heads } = tools
  const missing = await seenTwice(tools, async () => {
    const head = await heads.read(projectId)
    const found = new Map<string, string>()
    for (const folder of head && !head.state.deleted ? foldersOf(paths, projectId) : [])
      if (!(await statOf(folder))) found.set(folder, folder)
    return found
  })
  return missing.map((folder) => ({
    kind: 'folder_missing',
    path: tools.name(folder),
    detail: 'it is missing',
    async mend() {
      await makeFolder(folder)
      return 'made'
    },
  }))
}

const foldersOf = (paths: Paths, projectId: string): string[] => [
  paths.segments(projectId),
  ...SIZES.map((size) => paths.variants(projectId, size)),
]

const checkFolder = async (tools: Tools, folder: string): Promise<Problem | undefined> => {
  const stats = await statOf(folder)
  if (!stats || stats.isDirectory()) return undefined
  // What it points to may be where somebody moved the pictures; taking it away would lose them all at once.
  if (stats.isSymbolicLink())
    return {
      kind: 'odd_entry',
      path: tools.name(folder),
      detail: 'expected a folder, it is a symbolic link; put the folder itself in its place',
    }
  const problem = movable(tools, folder, `expected a folder, it is ${typeOf(stats)}`)
  return { ...problem, mend: () => problem.mend().finally(() => makeFolder(folder)) }
}

const movable = (tools: Tools, path: string, detail: string) => ({
  kind: 'odd_entry' as const,
  path: tools.name(path),
  detail,
  async mend(): Promise<string> {
    const place = await tools.lost.move(path)
    return place ? `moved to ${tools.name(place)}` : 'gone already'
  },
})

/** A lock is a folder without anything in it, touched while it is held. */
export const checkLock = async (tools: Tools, projectId: string): Promise<Problem | undefined> => {
  const path = tools.paths.lock(projectId)
  const [found] = await seenTwice(tools, async () => {
    const fault = await lockFault(tools, path)
    return new Map(fault ? [[`${fault.kind} ${fault.touchedMs}`, fault]] : [])
  })
  if (!found) return undefined
  const { kind, detail, touchedMs } = found
  // A holder with another clock touches it again within half of this time.
  if (touchedMs > Date.now()) await sleep(tools.waits.lockStaleMs)
  if ((await statOf(path))?.mtimeMs !== touchedMs) return undefined
  return { kind, path: tools.name(path), detail, mend: () => mendLock(tools, path, found) }
}

interface LockFault {
  kind: 'lock_left' | 'lock_odd'
  detail: string
  touchedMs: number
}

const lockFault = async ({ waits: { lockStaleMs } }: Tools, path: string): Promise<LockFault | undefined> => {
  const stats = await statOf(path)
  if (!stats) return undefined
  const { mtimeMs: touchedMs } = stats
  if (!stats.isDirectory()) return { kind: 'lock_odd', detail: `expected a folder, it is ${typeOf(stats)}`, touchedMs }
  const inside = await namesIn(path)
  if (inside.length > 0)
    return { kind: 'lock_odd', detail: `expected an empty folder, it has ${inside.length} entries`, touchedMs }
  const age = Date.now() - touchedMs
  if (Math.abs(age) <= lockStaleMs) return undefined
  const seconds = Math.round(Math.abs(age) / 1000)
  return { kind: 'lock_left', detail: `touched ${seconds} s ${age > 0 ? 'ago' : 'in the future'}`, touchedMs }
}

const mendLock = async (tools: Tools, path: string, { kind, touchedMs }: LockFault): Promise<string> => {
  if ((await statOf(path))?.mtimeMs !== touchedMs) return 'gone already'
  if (kind === 'lock_odd') {
    const place = await tools.lost.move(path)
    return place ? `moved to ${tools.name(place)}` : 'gone already'
  }
  await rmdir(path)
  return 'removed'
}
