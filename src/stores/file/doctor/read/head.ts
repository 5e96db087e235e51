// Whether the newest revision of a project can be trusted, and if not, what is the best that is known.

import type { ProjectState } from '../../../../core/project/changes.ts'
import type { Paths } from '../../paths.ts'
import type { ProblemKind } from '../problem.ts'
import { foundOriginals } from '../repair/orphans.ts'
import { lookAt, statOf } from './files.ts'
import { type History, newestNumber, newestSound, readHistory } from './history.ts'
import { lookAtPublished, publishedHash, readPublished } from './meta-json.ts'

/** How the newest state comes back. */
export type Source =
  /** The very revision lies under the name of another. */
  | { from: 'misplaced'; text: string }
  /** meta.json has the lost revision, or a newer one. */
  | { from: 'meta.json'; state: ProjectState }
  /** Only an older state is known; images that came later are found by their files. */
  | { from: 'older'; state: ProjectState | undefined; removing: readonly string[] }

export interface Rescue {
  kind: ProblemKind
  path: string
  detail: string
  source: Source
  /** Number that the rescued state is committed as. */
  number: number
}

export interface Verdict {
  history: History
  /** Undefined where the newest revision is sound, or there never was one. */
  rescue: Rescue | undefined
}

export const judge = async (paths: Paths, projectId: string): Promise<Verdict> => {
  // In this order: meta.json never names a revision that is not there yet.
  const claimed = claimedOf(await lookAtPublished(paths, projectId))
  const history = await readHistory(paths, projectId)
  const newest = history.at(-1)
  const found = newest?.revision
    ? await lostAfter(paths, projectId, newest.revision.state, claimed)
    : await lostWith(paths, projectId, history, claimed)
  return { history, rescue: found }
}

/** A newer revision than the newest on disk, known from meta.json. */
const lostAfter = async (
  paths: Paths,
  projectId: string,
  newest: ProjectState,
  claimed: number,
): Promise<Rescue | undefined> => {
  if (claimed <= newest.revision) return undefined
  const state = await readPublished(paths, projectId)
  if (!state || (await differsInNumberOnly(paths, newest, claimed))) return undefined
  return {
    kind: 'revision_missing',
    path: paths.revision(projectId, claimed),
    detail: `meta.json is a copy of it, but the newest one here is ${newest.revision}`,
    source: { from: 'meta.json', state },
    number: claimed,
  }
}

/** Then it is the number in meta.json that is wrong. */
const differsInNumberOnly = async (paths: Paths, newest: ProjectState, claimed: number): Promise<boolean> => {
  const look = await lookAt(paths.published(newest.project_id))
  if (look.type !== 'file' || newest.deleted) return false
  return look.sha256 === (await publishedHash(paths, { ...newest, revision: claimed }))
}

/** The newest revision is damaged, or there is none at all. */
const lostWith = async (
  paths: Paths,
  projectId: string,
  history: History,
  claimed: number,
): Promise<Rescue | undefined> => {
  const newest = newestNumber(history)
  const published = await readPublished(paths, projectId)
  const sound = newestSound(history)
  const misplaced = history.flatMap((entry) => entry.misplaced ?? [])
  const copy = misplaced.find(({ revision }) => revision.state.revision === newest)
  const found = { ...(await namedProblem(paths, projectId, history)), number: Math.max(newest, claimed) + 1 }
  if (copy) return { ...found, number: newest, source: { from: 'misplaced', text: copy.text } }
  if (published && published.revision >= newest)
    return {
      ...found,
      number: Math.max(newest + 1, published.revision),
      source: { from: 'meta.json', state: published },
    }
  const revisions = [sound, ...misplaced.map(({ revision }) => revision)].filter((revision) => revision !== undefined)
  const best = revisions.toSorted((one, other) => other.state.revision - one.state.revision)[0]
  const isNewer = published && published.revision > (best?.state.revision ?? 0)
  const removing = best?.removing ?? []
  const state = isNewer ? published : best?.state
  if (newest === 0 && !state && !(await statOf(paths.published(projectId))) && !(await hasOriginals(paths, projectId)))
    return undefined
  return { ...found, source: { from: 'older', state, removing } }
}

/** Of a project whose first upload broke off, what there is belongs to that upload; a sweep takes it back. */
const hasOriginals = async (paths: Paths, projectId: string): Promise<boolean> =>
  (await foundOriginals(paths, projectId, () => false, 'all')).length > 0

const namedProblem = async (paths: Paths, projectId: string, history: History) => {
  const newest = history.at(-1)
  if (!newest) {
    const isFolder = (await statOf(paths.meta(projectId)))?.isDirectory() ?? false
    const detail = isFolder ? 'the folder holds no revision' : 'there is no such folder'
    return { kind: 'revisions_gone', path: paths.meta(projectId), detail } as const
  }
  return {
    kind: newest.misplaced ? 'revision_misplaced' : 'revision_damaged',
    path: paths.revision(projectId, newest.number),
    detail: `the newest revision ${newest.fault}`,
  } as const
}

const claimedOf = (look: Awaited<ReturnType<typeof lookAtPublished>>): number =>
  ('claimed' in look ? look.claimed : undefined) ?? 0
