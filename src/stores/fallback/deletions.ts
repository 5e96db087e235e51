// Deletions of images that a continual copy makes: of those that revisions say were deleted. Of records, see kept-records.ts.

import type { CopyTarget } from '../copy/place.ts'
import type { Watching } from '../watch.ts'

export type Deletions = 'all' | ReadonlySet<string>

/**
 * Images that were deleted after a revision; `all` where the whole project was, so that only those of its newest state
 * remain. None where the changes are not known any more, or begin with a list that the doctor has restored.
 */
export const deletionsAfter = async (
  store: Pick<Watching, 'changesAfter'>,
  projectId: string,
  revision: number,
): Promise<Deletions> => {
  const deleted = new Set<string>()
  for (let at = revision; ; ) {
    const changes = await store.changesAfter(projectId, at)
    if (!changes || changes.reset || changes.revision <= at) return deleted
    for (const event of changes.revisions.flatMap(({ events }) => events)) {
      if (event.type === 'project.deleted') return 'all'
      if (event.type === 'image.deleted') deleted.add(event.image_id)
    }
    at = changes.revision
  }
}

/** A target that keeps all other images, whatever the list of the project lacks. */
export const createKeepingTarget = (target: CopyTarget, deleted: Deletions): CopyTarget => ({
  ...target,
  async removeVariant(projectId, imageId, name) {
    if (deleted === 'all' || deleted.has(imageId)) await target.removeVariant(projectId, imageId, name)
  },
})
