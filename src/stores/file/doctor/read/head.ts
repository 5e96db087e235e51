// Assesses the head of a project: whether its newest revision is intact, and otherwise from what it can be recovered.

import type { ProjectState } from '../../../../core/project/state.ts'
import type { Paths } from '../../paths.ts'
import type { ProblemKind } from '../problem.ts'
import { inspectFile, statOf } from './files.ts'
import { type History, newestIntact, newestNumber, readHistory } from './history.ts'
import { findUnlistedOriginals } from './images.ts'
import { inspectMetaJson, metaJsonHash, readMetaJson } from './meta-json.ts'

export type RecoverySource =
  /** The revision itself, in the file of another number. */
  | { from: 'misplaced'; text: string }
  /** meta.json, which has the lost revision or a newer one. */
  | { from: 'meta.json'; state: ProjectState }
  /** An older state, or none; newer images are found by their files. */
  | { from: 'older'; state: ProjectState | undefined; removing: readonly string[] }

export interface HeadRecovery {
  kind: ProblemKind
  path: string
  detail: string
  source: RecoverySource
  /** Revision number of the recovered state. */
  number: number
}

export interface HeadAssessment {
  history: History
  /** Undefined where the head is intact, or there never was one. */
  recovery: HeadRecovery | undefined
}

export const assessHead = async (paths: Paths, projectId: string): Promise<HeadAssessment> => {
  // In this order: meta.json never names a revision that does not exist yet.
  const metaJson = await inspectMetaJson(paths, projectId)
  const published = metaJson.type === 'file' ? (metaJson.revision ?? 0) : 0
  const history = await readHistory(paths, projectId)
  const newest = history.at(-1)?.revision
  const recovery = newest
    ? await recoverFromNewerMetaJson(paths, projectId, newest.state, published)
    : await recoverDamagedHead(paths, projectId, history, published)
  return { history, recovery }
}

/** Where meta.json is a copy of a newer revision than the newest one on disk. */
const recoverFromNewerMetaJson = async (
  paths: Paths,
  projectId: string,
  newest: ProjectState,
  published: number,
): Promise<HeadRecovery | undefined> => {
  if (published <= newest.revision) return undefined
  const state = await readMetaJson(paths, projectId)
  if (!state || (await differsInNumberOnly(paths, newest, published))) return undefined
  return {
    kind: 'revision_missing',
    path: paths.revision(projectId, published),
    detail: `missing; meta.json is a copy of it, the newest revision found is ${newest.revision}`,
    source: { from: 'meta.json', state },
    number: published,
  }
}

/** True where only the number in meta.json is wrong. */
const differsInNumberOnly = async (paths: Paths, newest: ProjectState, published: number): Promise<boolean> => {
  const file = await inspectFile(paths.published(newest.project_id))
  if (file.type !== 'file' || newest.deleted) return false
  return file.sha256 === (await metaJsonHash(paths, { ...newest, revision: published }))
}

/** Where the newest revision is damaged, or there is none. */
const recoverDamagedHead = async (
  paths: Paths,
  projectId: string,
  history: History,
  publishedNumber: number,
): Promise<HeadRecovery | undefined> => {
  const newest = newestNumber(history)
  const published = await readMetaJson(paths, projectId)
  const intact = newestIntact(history)
  const misplaced = history.flatMap((entry) => entry.misplaced ?? [])
  const copy = misplaced.find(({ revision }) => revision.state.revision === newest)
  const problem = { ...(await headProblem(paths, projectId, history)), number: Math.max(newest, publishedNumber) + 1 }
  if (copy) return { ...problem, number: newest, source: { from: 'misplaced', text: copy.text } }
  if (published && published.revision >= newest)
    return {
      ...problem,
      number: Math.max(newest + 1, published.revision),
      source: { from: 'meta.json', state: published },
    }
  const revisions = [intact, ...misplaced.map(({ revision }) => revision)].filter((revision) => revision !== undefined)
  const best = revisions.toSorted((one, other) => other.state.revision - one.state.revision)[0]
  const isNewer = published && published.revision > (best?.state.revision ?? 0)
  const removing = best?.removing ?? []
  const state = isNewer ? published : best?.state
  if (newest === 0 && !state && !(await statOf(paths.published(projectId))) && !(await hasOriginals(paths, projectId)))
    return undefined
  return { ...problem, source: { from: 'older', state, removing } }
}

/** False after an interrupted first upload: its remains belong to that upload, and a sweep removes them. */
const hasOriginals = async (paths: Paths, projectId: string): Promise<boolean> =>
  (await findUnlistedOriginals(paths, projectId, () => false, 'all')).length > 0

const headProblem = async (paths: Paths, projectId: string, history: History) => {
  const newest = history.at(-1)
  if (!newest) {
    const isFolder = (await statOf(paths.meta(projectId)))?.isDirectory() ?? false
    const detail = isFolder ? 'expected revisions, the folder holds none' : 'expected a folder, found none'
    return { kind: 'revisions_gone', path: paths.meta(projectId), detail } as const
  }
  return {
    kind: newest.misplaced ? 'revision_misplaced' : 'revision_damaged',
    path: paths.revision(projectId, newest.number),
    detail: `the newest revision ${newest.fault}`,
  } as const
}
