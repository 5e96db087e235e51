// A list of images of which a part is lost, rebuilt: without the hole, and in its place what nothing else names.

import { appendImage, type ImageList, imagesOf, listOf, type Segment } from '../../../../core/project/image-list.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import { namedSegments, type Revision, type StoredSegment, storedSegment } from '../../../history/revision.ts'
import type { Tools } from '../context.ts'
import { newestSound, readHistory } from '../read/history.ts'
import { readSegment } from '../read/segments.ts'
import { foundOriginals } from './orphans.ts'
import { recordsFor } from './rescued-state.ts'
import { appendRevision, restoredCommits } from './revisions.ts'

/** A list without its holes, and in the place of the first the images that nothing else names. */
export const rebuildList = async (tools: Tools, projectId: string): Promise<string> =>
  tools.work(projectId, async (folder) => {
    const base = newestSound(await readHistory(tools.paths, projectId))
    if (!base) throw new Error('the newest revision is lost')
    const parts = await readParts(tools, projectId, base.state.images)
    const known = new Set(parts.known)
    const isKnown = (imageId: string) => known.has(imageId) || base.removing.includes(imageId)
    // What a deleted project has on disk is not its list.
    const found = parts.hasHole ? await foundOriginals(tools.paths, projectId, isKnown, 'living') : []
    const records = await recordsFor(tools, projectId, found)
    const revision = await tools.withLock(projectId, async () => {
      const head = newestSound(await readHistory(tools.paths, projectId))
      if (head?.state.revision !== base.state.revision) throw new Error('the project was changed meanwhile')
      const next = await successor(tools, projectId, base, parts.with(records), folder)
      await appendRevision(tools, next, folder)
      await tools.publisher.publish(projectId, next, folder)
      return next
    })
    const lost = base.state.image_count - revision.state.image_count
    return `rebuilt: ${records.length} images found by their files${lost > 0 ? `, ${lost} are lost` : ''}`
  })

const readParts = async (tools: Tools, projectId: string, { segments, tail }: ImageList) => {
  const before: Segment[] = []
  const after: Segment[] = []
  const known: string[] = tail.map(({ id }) => id)
  let hasHole = false
  for (const segment of segments) {
    const images = await readSegment(tools.paths, projectId, storedSegment(segment.count, segment.stored))
    if (typeof images === 'string') hasHole = true
    else {
      known.push(...images.map(({ id }) => id))
      ;(hasHole ? after : before).push({ ...segment, images: undefined })
    }
  }
  const joined = (records: readonly ImageRecord[]): ImageList => {
    const list = records.reduce(appendImage, listOf([]))
    const rest = list.tail.length > 0 ? [{ images: list.tail, count: list.tail.length }] : []
    return { segments: [...before, ...list.segments, ...rest, ...after], tail }
  }
  return { known, hasHole, with: joined }
}

const successor = async (
  tools: Tools,
  projectId: string,
  base: Revision,
  images: ImageList,
  folder: string,
): Promise<Revision> => {
  const count = images.segments.reduce((sum, segment) => sum + segment.count, images.tail.length)
  const stored = await tools.segments.store(projectId, images, folder)
  const { state } = base
  const loaded = imagesOf(await tools.segments.load(projectId, stored))
  const isThere = loaded.some(({ id }) => id === state.primary_image_id)
  const removingSegments: StoredSegment[] = []
  for (const segment of base.removingSegments)
    if (typeof (await readSegment(tools.paths, projectId, segment)) !== 'string') removingSegments.push(segment)
  const next: Revision = {
    state: {
      ...state,
      revision: state.revision + 1,
      updated_at: tools.now().toISOString(),
      primary_image_id: isThere ? state.primary_image_id : (loaded[0]?.id ?? null),
      image_count: count,
      images: stored,
    },
    commits: restoredCommits(base.commits),
    removing: base.removing,
    removingSegments,
    droppedSegments: [],
    events: undefined,
  }
  const named = new Set(namedSegments(next))
  return { ...next, droppedSegments: namedSegments(base).filter((id) => !named.has(id)) }
}
