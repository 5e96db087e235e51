// Deletions that were committed and not finished: the list says that the files go, and they are there.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Revision } from '../../../history/revision.ts'
import type { Tools } from '../context.ts'
import type { Problem } from '../problem.ts'
import { statOf } from '../read/files.ts'
import { underWay } from './temporaries.ts'

/** Files go a moment after the list says so, while whoever deleted them has a folder of work. */
const MOST_LOOKS = 20

export const checkRemovals = async (tools: Tools, projectId: string): Promise<Problem[]> => {
  let left = await lookForLeft(tools, projectId)
  for (let looks = 1; left.size > 0; looks++) {
    // Before the next look: who had a folder of work until then has finished by now.
    const { folders } = await underWay(tools.paths, projectId, 'living')
    await sleep(tools.waits.secondLookMs)
    const again = await lookForLeft(tools, projectId)
    left = new Map([...left].filter(([imageId]) => again.has(imageId)))
    if (folders === 0 || looks === MOST_LOOKS) break
  }
  return problemsOf(tools, projectId, [...left.values()])
}

/** By image id, and under an empty one where a whole project goes. */
const lookForLeft = async (tools: Tools, projectId: string): Promise<Map<string, string>> => {
  const head = await tools.heads.read(projectId)
  const { wholeProject } = await underWay(tools.paths, projectId, 'all')
  const left = new Map<string, string>()
  if (!head || wholeProject) return left
  for (const imageId of await filesLeft(tools, projectId, head))
    left.set(imageId, tools.paths.variant(projectId, imageId, 'original'))
  if (head.removingSegments.length > 0) left.set('', tools.paths.project(projectId))
  return left
}

const problemsOf = (tools: Tools, projectId: string, found: readonly string[]): Problem[] =>
  found.map((path) => ({
    kind: 'removal_unfinished',
    path: tools.name(path),
    detail: 'it was deleted; its files are still there or not known to be gone',
    async mend() {
      await tools.removal.project(projectId)
      await tools.commit(projectId, undefined)
      return 'removed'
    },
  }))

/** The original goes last, so it tells. */
const filesLeft = async ({ paths }: Tools, projectId: string, { removing }: Revision): Promise<string[]> => {
  const left: string[] = []
  for (const imageId of removing) if (await statOf(paths.variant(projectId, imageId, 'original'))) left.push(imageId)
  return left
}
