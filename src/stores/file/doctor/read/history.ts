// Reads the revisions of a project from disk, each checked by itself, and finds the gaps and faults between them.

import { decodeRevision, type Revision } from '../../../history/revision.ts'
import { MIN_REVISIONS } from '../../commit/revision-file.ts'
import type { Paths } from '../../paths.ts'
import type { ProblemKind } from '../problem.ts'
import { listNames, readText } from './files.ts'

export interface HistoryEntry {
  /** From the name of the file. */
  number: number
  /** Present where the file is intact and holds the revision of this number. */
  revision?: Revision
  /** Fault of the file, as the end of a sentence: `it is empty`. */
  fault?: string
  /** An intact revision of this project that belongs under another number, and its text. */
  misplaced?: { revision: Revision; text: string }
}

/** Oldest first. */
export type History = readonly HistoryEntry[]

/** Prefix of the commit ids of revisions that the doctor wrote; the history begins anew with such a revision. */
export const RESTORED = 'doctor-'

/** Pruning may remove revisions while they are read; then the folder is listed again. */
const MAX_TRIES = 20

export const readHistory = async (paths: Paths, projectId: string): Promise<History> => {
  for (let tries = 1; ; tries++) {
    const entries: HistoryEntry[] = []
    const numbers = await listRevisions(paths, projectId)
    for (const number of numbers) {
      const entry = await readEntry(paths, projectId, number)
      if (entry) entries.push(entry)
    }
    if (entries.length === numbers.length || tries === MAX_TRIES) return entries
  }
}

export const newestIntact = (history: History): Revision | undefined =>
  history.findLast(({ revision }) => revision)?.revision

/** The newest number on disk, 0 without any. */
export const newestNumber = (history: History): number => history.at(-1)?.number ?? 0

/** The number in the name of a revision file, undefined for any other name. */
export const revisionNumberOf = (fileName: string): number | undefined => {
  const number = Number(/^([1-9]\d*)\.json$/.exec(fileName)?.[1])
  return Number.isSafeInteger(number) ? number : undefined
}

export interface RevisionFault {
  number: number
  kind: ProblemKind & ('revision_missing' | 'revision_damaged' | 'revision_misplaced')
  detail: string
}

/** Faults and gaps below the head, newest first; none where the head itself is damaged, which is repaired first. */
export const faultsBelowHead = (history: History): RevisionFault[] => {
  if (!history.at(-1)?.revision) return []
  const faults = history.flatMap(({ number, fault, misplaced }): RevisionFault[] =>
    fault ? [{ number, kind: misplaced ? 'revision_misplaced' : 'revision_damaged', detail: `it ${fault}` }] : [],
  )
  for (const [at, { number, revision, fault }] of history.entries()) {
    const before = history[at - 1]?.number
    const isFirst = before === undefined && (number === 1 || history.length >= MIN_REVISIONS)
    if (isFirst || before === number - 1 || fault || isRestored(revision)) continue
    const missing = number - (before ?? 0) - 1
    faults.push({
      number: number - 1,
      kind: 'revision_missing',
      detail:
        before === undefined
          ? `missing; the oldest revision found is ${number}`
          : `missing; found none between ${before} and ${number}${missing > 1 ? ` (${missing} missing)` : ''}`,
    })
  }
  return faults.sort((one, other) => other.number - one.number)
}

const isRestored = (revision: Revision | undefined): boolean => revision?.commits.at(-1)?.startsWith(RESTORED) ?? false

const listRevisions = async (paths: Paths, projectId: string): Promise<number[]> =>
  (await listNames(paths.meta(projectId)))
    .flatMap((name) => revisionNumberOf(name) ?? [])
    .sort((one, other) => one - other)

const readEntry = async (paths: Paths, projectId: string, number: number): Promise<HistoryEntry | undefined> => {
  const file = await readText(paths.revision(projectId, number))
  if (file.type === 'missing') return undefined
  if (file.type === 'unusable') return { number, fault: `is ${file.description}` }
  if (file.text === '') return { number, fault: 'is empty' }
  const revision = decode(file.text)
  if (!revision) return { number, fault: 'fails its checksum' }
  const { project_id, revision: stated } = revision.state
  if (project_id !== projectId) return { number, fault: `is a revision of project "${project_id}"` }
  if (stated !== number)
    return { number, fault: `contains revision ${stated}`, misplaced: { revision, text: file.text } }
  return { number, revision }
}

const decode = (text: string): Revision | undefined => {
  try {
    return decodeRevision(text)
  } catch {
    return undefined
  }
}
