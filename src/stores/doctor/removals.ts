// Deletions that were committed and not finished: the list says that the files go, and they are there.

import type { Revision } from '../file/revision.ts'
import { statOf } from './look.ts'
import type { Problem } from './problem.ts'
import { underWay } from './temporaries.ts'
import { seenTwice, type Tools } from './tools.ts'

export const checkRemovals = async (tools: Tools, projectId: string): Promise<Problem[]> => {
  const found = await seenTwice(tools, async () => {
    const head = await tools.heads.read(projectId)
    const { images, wholeProject } = await underWay(tools.paths, projectId, 'all')
    const left = new Map<string, string>()
    if (!head) return left
    for (const imageId of await filesLeft(tools, projectId, head))
      if (!images.has(imageId) && !wholeProject) left.set(imageId, tools.paths.variant(projectId, imageId, 'original'))
    if (head.removingRuns.length > 0 && !wholeProject) left.set('', tools.paths.project(projectId))
    return left
  })
  return found.map((path) => ({
    kind: 'removal_unfinished',
    path: tools.name(path),
    detail: 'it was deleted; its files are still there or not known to be gone',
    async mend() {
      await tools.removal.project(projectId)
      await tools.commit(projectId, undefined)
      return 'removed'
    },
  }))
}

/** The original goes last, so it tells. */
const filesLeft = async ({ paths }: Tools, projectId: string, { removing }: Revision): Promise<string[]> => {
  const left: string[] = []
  for (const imageId of removing) if (await statOf(paths.variant(projectId, imageId, 'original'))) left.push(imageId)
  return left
}
