// The revisions of a project as they lie on disk, each read and checked by itself.

import { decodeRevision, type Revision } from '../../../history/revision.ts'
import type { Paths } from '../../paths.ts'
import { namesIn, readText } from './files.ts'

export interface HistoryEntry {
  number: number
  /** The revision, where it is sound and in its place. */
  revision?: Revision
  /** What is wrong with the file, as the end of a sentence. */
  fault?: string
  /** A sound revision of this project that belongs under another number, and its text. */
  misplaced?: { revision: Revision; text: string }
}

/** Oldest first. */
export type History = readonly HistoryEntry[]

/** Revisions that stay when old ones are removed: with fewer, and none of them the first, some are missing. */
export const FEWEST_REVISIONS = 32

/** The commit id of a revision that doctor wrote; the history begins anew with it. */
export const RESTORED = 'doctor-'

export const isRestored = (revision: Revision | undefined): boolean =>
  revision?.commits.at(-1)?.startsWith(RESTORED) ?? false

/** Old revisions may be removed while they are read; then the list is read again. */
const MOST_TRIES = 20

export const readHistory = async (paths: Paths, projectId: string): Promise<History> => {
  for (let tries = 1; ; tries++) {
    const entries: HistoryEntry[] = []
    const numbers = await revisionNumbers(paths, projectId)
    for (const number of numbers) {
      const entry = await readEntry(paths, projectId, number)
      if (entry) entries.push(entry)
    }
    if (entries.length === numbers.length || tries === MOST_TRIES) return entries
  }
}

export const newestSound = (history: History): Revision | undefined =>
  history.findLast(({ revision }) => revision)?.revision

/** The newest number that is taken, 0 where none is. */
export const newestNumber = (history: History): number => history.at(-1)?.number ?? 0

/** The number in the name of a revision file, undefined for any other name. */
export const revisionNumberOf = (name: string): number | undefined => {
  const number = Number(/^([1-9]\d*)\.json$/.exec(name)?.[1])
  return Number.isSafeInteger(number) ? number : undefined
}

const revisionNumbers = async (paths: Paths, projectId: string): Promise<number[]> =>
  (await namesIn(paths.meta(projectId)))
    .flatMap((name) => revisionNumberOf(name) ?? [])
    .sort((one, other) => one - other)

const readEntry = async (paths: Paths, projectId: string, number: number): Promise<HistoryEntry | undefined> => {
  const look = await readText(paths.revision(projectId, number))
  if (look.type === 'missing') return undefined
  if (look.type === 'odd') return { number, fault: `is ${look.what}` }
  if (look.text === '') return { number, fault: 'is empty' }
  const revision = decode(look.text)
  if (typeof revision === 'string') return { number, fault: revision }
  const { project_id, revision: claimed } = revision.state
  if (project_id !== projectId) return { number, fault: `is a revision of project "${project_id}"` }
  if (claimed !== number)
    return { number, fault: `holds revision ${claimed}`, misplaced: { revision, text: look.text } }
  return { number, revision }
}

const decode = (text: string): Revision | string => {
  try {
    return decodeRevision(text)
  } catch {
    return 'is not what was written: its checksum does not match'
  }
}
