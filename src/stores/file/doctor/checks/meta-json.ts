// Whether meta.json is the newest revision, and its mend.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Revision } from '../../../history/revision.ts'
import { codeOf } from '../../fs/durable.ts'
import type { Tools } from '../context.ts'
import type { Problem } from '../problem.ts'
import type { Look } from '../read/files.ts'
import { readHistory } from '../read/history.ts'
import { lookAtPublished, publishedHash } from '../read/meta-json.ts'
import { othersLive, underWay } from './temporaries.ts'

/** A copy follows its revision within milliseconds; that of a long list when the writer has time for it. */
const LONG_LIST = 1000
const LONG_PATIENCE_MS = 5000

/** Looks before patience is at its end, where nobody is at work. */
const LOOKS = 4

/** Seen to be written again so often while it was looked at, it is being kept up. */
const ENOUGH_MOVES = 3

/**
 * Compares meta.json with the newest revision. While others write it may be behind for a moment, but never different
 * from the revision that it names.
 */
export const checkMetaJson = async (tools: Tools, projectId: string): Promise<Problem | undefined> => {
  let started = Date.now()
  let before: string | undefined
  for (let moves = 0; moves < ENOUGH_MOVES; await sleep(tools.waits.metaPatienceMs / LOOKS)) {
    const found = await compare(tools, projectId)
    if (!found) return undefined
    if (before !== undefined && before !== found.trace) {
      moves++
      started = Date.now()
    }
    before = found.trace
    if (Date.now() - started >= (await patience(tools, projectId, found.images)))
      return problemOf(tools, projectId, found)
  }
  return undefined
}

interface Difference {
  kind: 'meta_missing' | 'meta_behind' | 'meta_differs'
  detail: string
  /** Changes where meta.json is written again. */
  trace: string
  images: number
}

const compare = async (tools: Tools, projectId: string): Promise<Difference | undefined> => {
  const { paths, heads } = tools
  const look = await lookAtPublished(paths, projectId)
  const head = await heads.read(projectId)
  if (!head) return undefined
  const { revision: number, deleted, image_count: images } = head.state
  const difference = (kind: Difference['kind'], detail: string) => ({ kind, detail, trace: traceOf(look), images })
  if (deleted)
    return look.type === 'missing' ? undefined : difference('meta_differs', 'expected none: the project was deleted')
  if (look.type === 'missing') return difference('meta_missing', `expected a copy of revision ${number}`)
  if (look.type === 'odd')
    return difference('meta_differs', `expected a copy of revision ${number}, it is ${look.what}`)
  if (await isCopyOf(tools, look, head)) return undefined
  const claimed = 'claimed' in look ? look.claimed : undefined
  const named = claimed === undefined || claimed >= number ? undefined : await revisionOf(tools, projectId, claimed)
  if (claimed !== undefined && claimed < number && (!named || (await isCopyOf(tools, look, named))))
    return difference('meta_behind', `it is revision ${claimed}, the newest is ${number}`)
  return difference('meta_differs', `it is not what revision ${claimed ?? number} says: edited in place, or damaged`)
}

/** True too where the revision's segments are gone, removed with it while it was read: nothing can be said then. */
const isCopyOf = async ({ paths }: Tools, look: Look & { type: 'file' }, { state }: Revision): Promise<boolean> => {
  try {
    return look.sha256 === (await publishedHash(paths, state))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true
    throw error
  }
}

const revisionOf = async ({ paths }: Tools, projectId: string, number: number): Promise<Revision | undefined> =>
  (await readHistory(paths, projectId)).find((entry) => entry.number === number)?.revision

const traceOf = (look: Look): string => (look.type === 'file' ? look.sha256 : look.type)

const patience = async (tools: Tools, projectId: string, images: number): Promise<number> => {
  const { folders } = await underWay(tools.paths, projectId, 'living')
  const isBusy = folders > 0 || (images > LONG_LIST && (await othersLive(tools)))
  return isBusy ? LONG_PATIENCE_MS : tools.waits.metaPatienceMs
}

const problemOf = (tools: Tools, projectId: string, { kind, detail }: Difference): Problem => ({
  kind,
  path: tools.name(tools.paths.published(projectId)),
  detail,
  mend: () =>
    tools.work(projectId, (folder) =>
      tools.withLock(projectId, async () => {
        const head = await tools.heads.read(projectId)
        if (!head) throw new Error('the project has no revision')
        const kept = kind === 'meta_differs' ? await tools.lost.keep(tools.paths.published(projectId)) : undefined
        await tools.publisher.publish(projectId, head, folder)
        const what = head.state.deleted ? 'removed' : `written again from revision ${head.state.revision}`
        return kept ? `${what}; what was there is kept as ${tools.name(kept)}` : what
      }),
    ),
})
