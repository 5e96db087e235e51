// Revision files, `.meta/<number>.json`: their log, numbers and content.

import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync, readSync, type Stats } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import type { AppendLog } from '../../append-log.ts'
import { decodeRevision, encodeRevision, type Revision } from '../../history/revision.ts'
import { createFileLog, entryNumbers } from '../append-log.ts'
import { codeOf, isMissing, READ_PLAIN } from '../fs/durable.ts'
import type { Paths } from '../paths.ts'

export interface RevisionLogOptions {
  paths: Paths
  /** See `Heads`. */
  heads: {
    read(projectId: string): Promise<Revision | undefined>
    forget(projectId: string): void
    expect(revision: Revision, stats: Stats): void
  }
  /** Work folder in this process's workspace: where it was swept, nothing can be committed any more. */
  folder: string
}

export interface ReadRevision {
  revision: Revision
  /** Stats of its file. */
  stats: Stats
}

/**
 * Newest revisions that always stay: an overtaken writer finds its commit in them, and the doctor earlier states. Fewer,
 * without the first, mean that some are missing.
 */
export const MIN_REVISIONS = 32

/** Revisions as an append log, by project id. Pruned in batch.ts. */
export const createRevisionLog = ({ paths, heads, folder }: RevisionLogOptions): AppendLog<Revision> =>
  createFileLog({
    format: { encode: encodeRevision, decode: decodeAt, tokensOf: ({ commits }) => commits },
    root: paths.root,
    folder: paths.meta,
    drafts: () => folder,
    older: 'pruned',
    onLink: heads.expect,
    async newest(projectId) {
      heads.forget(projectId)
      const head = await heads.read(projectId)
      return head && { number: head.state.revision, entry: head }
    },
  })

/** Numbers of the revisions in a folder, lowest first; none where there is no folder. */
export const revisionNumbers = async (folder: string): Promise<number[]> => {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  return entryNumbers(names)
}

/** Synchronous {@link revisionNumbers} of a folder that exists. @throws errors of the system */
export const revisionNumbersNow = (folder: string): number[] => entryNumbers(readdirSync(folder))

/** Undefined where the file is gone. @throws Error where it is damaged or misplaced; errors of the system */
export const readRevision = async (
  path: string,
  projectId: string,
  number: number,
): Promise<ReadRevision | undefined> => {
  try {
    const handle = await open(path, READ_PLAIN)
    try {
      const stats = await handle.stat()
      return { revision: decodeAt(await handle.readFile('utf8'), projectId, number), stats }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Synchronous {@link readRevision}. @throws Error where the file is damaged, misplaced or gone */
export const readRevisionNow = (path: string, projectId: string, number: number): ReadRevision => {
  const file = openSync(path, READ_PLAIN)
  try {
    const stats = fstatSync(file)
    return { revision: decodeAt(readFileSync(file, 'utf8'), projectId, number), stats }
  } finally {
    closeSync(file)
  }
}

/** Stats of a file, folder or link, undefined where there is none. @throws other errors of the system */
export const statsOf = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Decodes and checks a revision. @throws Error where the text is damaged, or of another project or number */
export const decodeAt = (text: string, projectId: string, number: number): Revision => {
  const revision = decodeRevision(text)
  // A whole file can be misplaced: in a copied folder, or renamed.
  if (revision.state.project_id !== projectId || revision.state.revision !== number)
    throw new Error(`the file is revision ${revision.state.revision} of "${revision.state.project_id}"`)
  return revision
}

/** Bytes in which meta.json has its revision number: the third line, with ample room. */
export const CLAIM_BYTES = 1024

/** Revision number that meta.json names. @param text its first {@link CLAIM_BYTES} or more */
export const claimOf = (text: string): number | undefined => {
  const number = Number(/^ {2}"revision": ([1-9]\d*),$/m.exec(text)?.[1])
  return Number.isSafeInteger(number) ? number : undefined
}

/** Missing; a folder, a symbolic link, or a pipe. */
const NO_CLAIM: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EAGAIN', 'ENXIO'])

/** Reads {@link claimOf} a file; undefined where it is missing or names no number. Synchronous: a few microseconds. */
export const claimIn = (path: string): number | undefined => {
  try {
    const file = openSync(path, READ_PLAIN)
    try {
      const buffer = Buffer.alloc(CLAIM_BYTES)
      return claimOf(buffer.toString('utf8', 0, readSync(file, buffer, 0, CLAIM_BYTES, 0)))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (NO_CLAIM.has(codeOf(error) ?? '')) return undefined
    throw error
  }
}

/**
 * Revisions that this process is writing: a read between the moment that a file has its name and the end of the commit,
 * which takes a sync, need not parse it.
 */
export interface Expected {
  /** @param stats of the revision's file, which has no name yet */
  expect(revision: Revision, stats: Stats): void
  /** The revision that this process is writing, where its file has this number by now. */
  at(projectId: string, number: number): { revision: Revision; stats: Stats } | undefined
  forget(projectId: string): void
}

/** Projects of which this process is writing a revision. */
const MOST_EXPECTED = 1000

export const createExpected = (paths: Paths): Expected => {
  const expected = new LRUCache<string, { revision: Revision; stats: Stats }>({ max: MOST_EXPECTED })

  return {
    expect: (revision, stats) => void expected.set(revision.state.project_id, { revision, stats }),

    at(projectId, number) {
      const own = expected.get(projectId)
      const found = own?.revision.state.revision === number ? statsOf(paths.revision(projectId, number)) : undefined
      return own && found?.ino === own.stats.ino && found.mtimeMs === own.stats.mtimeMs ? own : undefined
    },

    forget: (projectId) => void expected.delete(projectId),
  }
}
