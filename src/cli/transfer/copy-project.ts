// Copies the order, the cover, the title and the tags of a project to another server.

import { successOf } from './answer.ts'
import { type ListedProject, listImages, readProject } from './listing.ts'
import type { Remote } from './remote.ts'
import type { Source } from './sources/source.ts'

/**
 * Puts images into the order of the source, sets its cover, and its title and tags where the project has none. Sends
 * nothing where all of it is so.
 *
 * @param ids ids in the project by those in the source
 * @throws Error
 */
export const copyProject = async (
  remote: Remote,
  projectId: string,
  source: NonNullable<Source['project']>,
  ids: ReadonlyMap<string, string>,
): Promise<void> => {
  const own = `/projects/${projectId}`
  const order = source.imageIds.flatMap((id) => ids.get(id) ?? [])
  const listing = await listImages(remote, projectId)
  if (!listing || order.length === 0) return
  const now = listing.images.map(({ id }) => id)
  const all = new Set(now)
  // An image may have been deleted meanwhile.
  const present = order.filter((id) => all.has(id))
  const edit = {
    ...(present.every((id, at) => now[at] === id) ? {} : { image_order: present }),
    ...missing(source, await readProject(remote, projectId)),
  }
  if (Object.keys(edit).length > 0) successOf(await remote.sendJson('PATCH', own, edit))
  const cover = source.coverId === null ? undefined : ids.get(source.coverId)
  if (cover !== undefined && cover !== listing.coverId)
    successOf(await remote.send({ method: 'PUT', path: `${own}/primary/${cover}` }))
}

/** What a project has none of. An older server knows no tags. */
const missing = (source: ListedProject, { title, tags }: ListedProject): Partial<ListedProject> => ({
  ...(source.title !== null && title === null ? { title: source.title } : {}),
  ...(source.tags && source.tags.length > 0 && tags?.length === 0 ? { tags: source.tags } : {}),
})
