// Append logs as files: `<number>.json` in one folder for each log, created by `link`, which fails where the name is taken.

import { lstatSync, type Stats } from 'node:fs'
import { readdir, rename, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createBoundedMap } from '../../core/bounded-map.ts'
import { randomIds } from '../../core/random-id.ts'
import { type Appended, type AppendLog, type LogFormat, type NumberedEntry, outcomeOf } from '../append-log.ts'
import {
  allDone,
  codeOf,
  type Linked,
  linkOnce,
  readText,
  removeFile,
  removeFolder,
  sync,
  unlessMissing,
  writeNew,
} from './fs/durable.ts'
import { refuseLinks } from './fs/no-follow.ts'
import { createTurns, type Validation } from './fs/turns.ts'

export interface FileLogOptions<Entry> {
  format: LogFormat<Entry>
  /** Folder of the store: no folder between it and a log may be a symbolic link. */
  root: string
  /** Folder of a log. */
  folder(log: string): string
  /**
   * Folder for drafts, on the same disk. Where it was swept, like the workspace of a process taken for dead, nothing can
   * be appended any more.
   *
   * @param entry undefined where a log is removed
   */
  drafts(entry?: Entry): string | Promise<string>
  /**
   * Fate of older entries: `pruned`, here or elsewhere, which frees their numbers, or `emptied`, which keeps them taken.
   */
  older: 'pruned' | 'emptied'
  /** Newest entries that an append keeps in a pruned log. @default all; they are removed elsewhere */
  keep?: number
  /** False where entries need not survive a power cut. @default true */
  isDurable?: boolean
  /** Makes the folder of a log before its first entry. @default none: it exists, and is never removed */
  makeFolder?(log: string): Promise<void>
  /** Reads the newest entry. @default by a listing, kept in memory and validated by two `stat` calls */
  newest?: AppendLog<Entry>['newest']
  /** Called before an entry gets its name, with the stats of its draft, which is the same file. @default none */
  onLink?(entry: Entry, stats: Stats): void
}

/** Logs whose newest entry is kept in memory. */
const REMEMBERED_LOGS = 10_000
/** For each further try, an append removed the entry that was listed. */
const MOST_TRIES = 100

const newName = randomIds(16)

/** Of logs whose newest entry is read by others. */
const NO_HEADS = { current: () => undefined, remember: () => {}, forget: () => {} }

export interface FileLog<Entry> extends AppendLog<Entry> {
  /** {@link AppendLog.newest}, read from the disk also where it is kept in memory. */
  readNewest: AppendLog<Entry>['newest']
  /**
   * {@link AppendLog.newest} without a wait, where the entry in memory can be shown to be it. Undefined says nothing.
   *
   * @param share see {@link Store.current}
   */
  current(log: string, share?: boolean): NumberedEntry<Entry> | undefined
}

export const createFileLog = <Entry>(options: FileLogOptions<Entry>): FileLog<Entry> => {
  const { format, root, folder, older, keep, isDurable = true } = options
  const { newest, readNewest, current, remember, forget } = options.newest
    ? { ...NO_HEADS, newest: options.newest, readNewest: options.newest }
    : createHeads(options)
  const pathOf = (log: string, number: number): string => join(folder(log), `${number}.json`)

  const isRemoved = (log: string): boolean => options.makeFolder !== undefined && !statsOf(folder(log))

  const decide = async (log: string, number: number, entry: Entry): Promise<Appended['outcome']> => {
    const found = await newest(log)
    if (!found && isRemoved(log)) return 'taken'
    const token = format.tokensOf(entry).at(-1)
    return outcomeOf(number, token, found && { number: found.number, tokens: format.tokensOf(found.entry) })
  }

  const link = async (log: string, number: number, draft: string, text: string): Promise<Linked> => {
    try {
      return await linkOnce(draft, pathOf(log, number), text)
    } catch (error) {
      await removeFile(draft).catch(() => {})
      if (number > 1 && codeOf(error) === 'ENOENT' && isRemoved(log)) return { outcome: 'taken' }
      throw error
    }
  }

  /** Best effort: a later append removes the rest. */
  const prune = async (log: string, number: number, numbers: readonly number[]): Promise<void> => {
    if (older === 'emptied' && number > 1) await truncate(pathOf(log, number - 1)).catch(() => {})
    if (keep !== undefined && numbers.at(-1) === number)
      for (const old of numbers.slice(0, -keep)) await removeFile(pathOf(log, old)).catch(() => {})
  }

  return {
    newest,

    current,
    readNewest,

    async append(log, number, entry, beside) {
      const text = format.encode(entry)
      refuseLinks(root, folder(log))
      if (number === 1) await options.makeFolder?.(log)
      const draft = join(await options.drafts(entry), `${newName()}.json`)
      await allDone([writeNew(draft, text, isDurable), beside?.()]).catch(async (error: unknown) => {
        await removeFile(draft).catch(() => {})
        throw error
      })
      const stats = statsOf(draft)
      if (stats) options.onLink?.(entry, stats)
      const linked = await link(log, number, draft, text)
      // In parallel with the next steps. It may be gone with its folder.
      const removed = removeFile(draft).catch(() => {})
      try {
        if (linked.outcome === 'taken' || linked.outcome === 'unknown') return linked
        const numbers = older === 'pruned' ? await numbersIn(folder(log)) : [number]
        // A pruned number may have been used again, where this writer was stopped for long.
        if (linked.outcome === 'gone' || numbers.at(-1) !== number) {
          const outcome = await decide(log, number, entry)
          if (outcome === 'taken' && linked.outcome === 'ours') await removeFile(pathOf(log, number)).catch(() => {})
          if (outcome !== 'ours') return { outcome }
        }
        // Where this fails, other writers may have built on the entry: nothing is removed.
        if (isDurable) await sync(folder(log))
        await prune(log, number, numbers)
        if (stats) remember(log, { number, entry }, stats)
        return { outcome: 'ours' }
      } catch (cause) {
        return isRemoved(log) ? { outcome: 'taken' } : { outcome: 'unknown', cause }
      } finally {
        await removed
      }
    },

    async remove(log) {
      forget(log)
      refuseLinks(root, dirname(folder(log)))
      const away = join(await options.drafts(), newName())
      try {
        await rename(folder(log), away)
      } catch (error) {
        return unlessMissing(error)
      }
      await sync(dirname(folder(log)))
      await removeFolder(away).catch(() => {})
    },
  }
}

/** A newest entry in memory, with the identity of its file, and its path and that of its successor. */
interface FileHead<Entry> extends Validation {
  found: NumberedEntry<Entry>
  inode: number
  modifiedMs: number
  path: string
  next: string
}

/** Newest entries, kept in memory and validated by two `stat` calls. */
const createHeads = <Entry>({ format, root, folder }: FileLogOptions<Entry>) => {
  const heads = createBoundedMap<FileHead<Entry>>(REMEMBERED_LOGS)
  const pathOf = (log: string, number: number): string => join(folder(log), `${number}.json`)

  /** @param stats of the entry's file, or of its draft, which is the same file by another name */
  const remember = (log: string, found: NumberedEntry<Entry>, { ino, mtimeMs }: Stats): void => {
    const paths = { path: pathOf(log, found.number), next: pathOf(log, found.number + 1) }
    heads.set(log, { found, inode: ino, modifiedMs: mtimeMs, ...paths, turn: 0, atMs: 0 })
  }

  const turns = createTurns()

  const current = (log: string, share = false): NumberedEntry<Entry> | undefined => {
    const known = heads.get(log)
    if (!known || (share && turns.isShared(known))) return known?.found
    const stats = statsOf(known.path)
    if (stats?.ino !== known.inode || stats.mtimeMs !== known.modifiedMs || statsOf(known.next)) return undefined
    turns.validated(known)
    return known.found
  }

  const highest = async (log: string): Promise<number | undefined> => (await numbersIn(folder(log))).at(-1)

  const read = async (log: string): Promise<NumberedEntry<Entry> | undefined> => {
    refuseLinks(root, folder(log))
    let number = await highest(log)
    for (let tries = 0; number !== undefined && tries < MOST_TRIES; tries++) {
      const stats = statsOf(pathOf(log, number))
      const text = await readText(pathOf(log, number)).catch(unlessMissing)
      // Where it is not the highest any more, it may have been emptied, removed, or reused by a stopped writer.
      const after = await highest(log)
      if (after === number && text !== undefined && stats) {
        const found = { number, entry: format.decode(text, log, number) }
        remember(log, found, stats)
        return found
      }
      number = after
    }
    if (number !== undefined) throw new Error(`the log in ${folder(log)} changes too fast to be read`)
    return undefined
  }

  const readNewest = (log: string): Promise<NumberedEntry<Entry> | undefined> => {
    heads.delete(log)
    return read(log)
  }

  return {
    newest: async (log: string) => current(log) ?? readNewest(log),
    readNewest,
    current,
    remember,
    forget: (log: string) => void heads.delete(log),
  }
}

/** Numbers of the entries in a folder, lowest first; none where there is no folder. */
const numbersIn = async (folder: string): Promise<number[]> =>
  entryNumbers((await readdir(folder).catch(unlessMissing)) ?? [])

/** Numbers of entries by their file names, lowest first. */
export const entryNumbers = (names: readonly string[]): number[] =>
  names
    .flatMap((name) => /^([1-9]\d{0,14})\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

/** Synchronous: a microsecond or two, where a trip through the thread pool costs tens. */
const statsOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })
