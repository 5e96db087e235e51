// Catalogue of a file store.
//
//   .cache/.catalogue/index      the stored index (index-file.ts)
//   .cache/.catalogue/changes    hints between processes (hints.ts)
//
// Hint and verify: commits of this process set their entries at once; those of other processes are hinted, and the project
// is read. Of commits that change neither the project's record nor its access, as uploads, only the time is noted, which
// the next list or poll enters, and hints to other processes in one write. Everything else (changes while no process ran, a lost hint, a folder copied into the store) is found by checks,
// which compare the time of each project's revision folder with the recorded one. A check runs at the start, after the
// hints were deleted, and every few minutes; new folders are looked for every second. Both files may be deleted at any
// time, and where they cannot be written or their folder is a symbolic link, the catalogue lives in memory.

import type { Logger } from '../../telemetry/logger.ts'
import { storeError } from '../file/fs/durable.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import { createPaths } from '../file/paths.ts'
import type { Store } from '../store.ts'
import type { ProjectChanges } from '../watch.ts'
import type { Catalogue } from './catalogue.ts'
import { createEntries } from './entries.ts'
import { createProjectFolders, type ProjectFolders } from './folders.ts'
import { createHints, type Hints } from './hints.ts'
import { readIndex, writeIndex } from './index-file.ts'
import { createLists } from './lists.ts'
import { createReader } from './reader.ts'

export interface FileCatalogueOptions {
  /** Folder of the store; of one in a bucket, its local folder. The index lies there. */
  storageDir: string
  store: Pick<Store, 'current' | 'project' | 'watchCommits' | 'isReadOnly'>
  /** Resolves once the store is open; no work begins before. */
  ready: Promise<void>
  log: Logger
  /** Projects as checks find them. @default by the folders of {@link storageDir} */
  folders?: ProjectFolders
  /** Hints of other processes. @default by a file below {@link storageDir} */
  hints?: Hints
  /** Interval at which hints and new folders are looked for without a request, in milliseconds. @default 1000 */
  pollMs?: number
  /** Interval of checks of all projects, in milliseconds. @default 300000 (5 minutes) */
  checkMs?: number
  /** Shortest time between two writes of the index, in milliseconds. @default 60000 */
  writeMs?: number
  /** Longest wait of a list for the first check, in milliseconds. @default 5000 */
  waitMs?: number
}

/** Hinted projects that a list waits for; further ones follow in the background. */
const HINTED_AT_ONCE = 500
/** Share of the time that the search for new folders may take while projects are made all the time. */
const MOST_SEARCHING = 1 / 20

export const createFileCatalogue = (options: FileCatalogueOptions): Catalogue => {
  const { store, log, pollMs = 1000, checkMs = 300_000, writeMs = 60_000, waitMs = 5000 } = options
  const paths = createPaths(options.storageDir)
  const { catalogue: folder, catalogueIndex: indexPath } = paths
  const end = new AbortController()
  const entries = createEntries()
  const hints = options.hints ?? createHints(paths.catalogueHints)
  const folders = options.folders ?? createProjectFolders(paths)
  const reader = createReader({ folders, store, entries, signal: end.signal, log })
  const lists = createLists({ entries, waitMs })
  /** Projects to be read. */
  const due = new Set<string>()
  /** Times of own commits, in ISO 8601: to be entered, and to be hinted. */
  const touched = new Map<string, string>()
  const toBeHinted = new Map<string, number>()
  let following: Promise<void> = Promise.resolve()
  let checking: Promise<void> | undefined
  let checkAtMs = 0
  let searchAtMs = 0
  let writeAtMs = 0
  let isLoaded = false
  let storedChanges = 0
  let timer: NodeJS.Timeout | undefined

  const onCommit = ({ projectId, revisions: [revision] }: ProjectChanges): void => {
    if (!revision) return
    // In the way of every upload: no more than this.
    if (!revision.events.some(({ type }) => type.startsWith('project.'))) {
      touched.set(projectId, revision.at)
      return
    }
    touched.delete(projectId)
    const isDeleted = revision.events.at(-1)?.type === 'project.deleted'
    const state = isDeleted ? undefined : store.current(projectId)
    if (isDeleted || state) reader.committed(projectId, state)
    // Another process may have gone on: the next list waits for the read.
    else due.add(projectId)
    if (!store.isReadOnly()) tryHints(() => hints.append(projectId))
  }

  const check = async (isNewOnly: boolean): Promise<void> => {
    const startMs = performance.now()
    try {
      await reader.check({
        isNewOnly,
        onPassed: lists.passed,
      })
      if (end.signal.aborted) return
      lists.completed()
      if (!isNewOnly) checkAtMs = startMs + checkMs
    } catch (error) {
      lists.failed(storeError(error))
      log.debug({ error }, 'could not check the catalogue of projects; trying again')
    }
    searchAtMs = performance.now() + (performance.now() - startMs) / MOST_SEARCHING
  }

  const startCheck = (isNewOnly: boolean): void => {
    checking ??= check(isNewOnly).finally(() => {
      checking = undefined
    })
  }

  const enterTouched = (): void => {
    for (const [id, at] of touched) {
      const ms = Date.parse(at)
      reader.touched(id, ms)
      toBeHinted.set(id, ms)
    }
    touched.clear()
  }

  const hintTouched = (): void => {
    enterTouched()
    if (toBeHinted.size > 0 && !store.isReadOnly()) tryHints(() => hints.appendTimes(toBeHinted))
    toBeHinted.clear()
  }

  /** Reads projects that are due, and those of new hints. */
  const follow = async (): Promise<void> => {
    enterTouched()
    tryHints(() => {
      const { ids, times, isLost } = hints.read()
      for (const [id, ms] of times) reader.touched(id, ms)
      for (const id of ids) due.add(id)
      if (isLost) checkAtMs = 0
    })
    const ids = [...due].slice(0, HINTED_AT_ONCE)
    for (const id of ids) due.delete(id)
    try {
      await reader.read(ids)
    } catch (error) {
      for (const id of ids) due.add(id)
      log.debug({ error }, 'could not read changed projects into the catalogue; trying again')
    }
  }

  const catchUp = (): Promise<void> => {
    following = following.then(follow)
    return following
  }

  const poll = async (): Promise<void> => {
    for (const id of reader.repaired()) due.add(id)
    hintTouched()
    await catchUp()
    const nowMs = performance.now()
    if (!lists.isComplete() || nowMs >= checkAtMs) startCheck(false)
    else if (nowMs >= searchAtMs && reader.hasNew()) startCheck(true)
    await checking
    if (lists.isComplete() && nowMs >= writeAtMs) await storeIndex()
  }

  const schedule = (): void => {
    if (!end.signal.aborted) timer = setTimeout(() => void poll().finally(schedule), pollMs).unref()
  }

  const storeIndex = async (): Promise<void> => {
    const changes = reader.changes()
    if (store.isReadOnly() || changes === storedChanges) return
    writeAtMs = performance.now() + writeMs
    try {
      refuseLinks(paths.root, folder)
      await writeIndex(indexPath, entries.all())
      storedChanges = changes
    } catch (error) {
      log.debug({ error }, 'could not store the index of projects; keeping it in memory')
    }
  }

  const load = async (): Promise<void> => {
    try {
      refuseLinks(paths.root, folder)
      // Entries of commits since the start are newer.
      for (const entry of (await readIndex(indexPath)) ?? []) if (!entries.get(entry.id)) entries.set(entry)
    } catch (error) {
      storedChanges = -1
      log.info({ error }, 'could not read the index of projects; making it again')
    }
  }

  const begin = async (): Promise<void> => {
    // Hints before this moment are covered by the check.
    tryHints(() => hints.read())
    await load()
    isLoaded = true
    await poll().finally(schedule)
  }

  const tryHints = (act: () => void): void => {
    try {
      refuseLinks(paths.root, folder)
      act()
    } catch (error) {
      log.debug({ error }, 'hints of changed projects failed; the next check finds the changes')
    }
  }

  store.watchCommits(onCommit, { signal: end.signal })
  const begun = options.ready.then(begin, () => {})

  return {
    async list(by, page) {
      await catchUp()
      return lists.list(by, page)
    },

    changes: reader.changes,

    refresh: (projectId) => void due.add(projectId),

    async close() {
      end.abort()
      clearTimeout(timer)
      await begun
      await checking
      await following
      hintTouched()
      // Also where the first check was not complete: the next start goes on from there.
      if (isLoaded) await storeIndex()
    },
  }
}
