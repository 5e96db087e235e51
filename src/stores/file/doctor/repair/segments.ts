// Repairs segments: restores the exact content where it is found, else rebuilds the image list without it.

import { join } from 'node:path'
import { appendImage, type ImageList, imagesOf, listOf, type Segment } from '../../../../core/project/image-list.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import { sha256 } from '../../../append-log.ts'
import {
  encodeSegment,
  namedSegments,
  type Revision,
  type StoredSegment,
  storedSegment,
} from '../../../history/revision.ts'
import { linkNew, makeFolder, sync, writeNew } from '../../fs/durable.ts'
import type { DoctorContext } from '../context.ts'
import { iterateNames, readText } from '../read/files.ts'
import { newestIntact, readHistory } from '../read/history.ts'
import { findUnlistedOriginals } from '../read/images.ts'
import { readMetaJson } from '../read/meta-json.ts'
import { readSegment, type SegmentFault } from '../read/segments.ts'
import { recordsOfOriginals } from './orphans.ts'
import { appendRevision, changedMeanwhile, replaceRevision, restoredCommits, substituteFor } from './revisions.ts'

/** @returns what was done */
export const repairSegment = async (
  context: DoctorContext,
  projectId: string,
  fault: SegmentFault,
): Promise<string> => {
  const { stored } = fault
  const text = (await textInMetaJson(context, projectId, fault)) ?? (await textInSegments(context, projectId, stored))
  if (text !== undefined) return restoreSegment(context, projectId, stored.id, text)
  const rebuilt = fault.isInHead ? await rebuildList(context, projectId) : undefined
  const replaced = await replaceRevisionsNaming(context, projectId, stored.id)
  return rebuilt ?? `lost; ${replaced} older revisions that named it were replaced by copies of the next one`
}

/** Finds the content in meta.json, which has the lines of all segments in order. */
const textInMetaJson = async ({ paths }: DoctorContext, projectId: string, { stored, revision }: SegmentFault) => {
  const state = await readMetaJson(paths, projectId)
  if (!state) return undefined
  const history = await readHistory(paths, projectId)
  const images = imagesOf(state.images)
  for (const number of [state.revision, revision]) {
    const named = history.find((entry) => entry.number === number)?.revision?.state.images.segments ?? []
    const at = named.findIndex((segment) => segment.stored?.id === stored.id)
    const start = named.slice(0, Math.max(at, 0)).reduce((sum, { count }) => sum + count, 0)
    const text = encodeSegment(images.slice(start, start + stored.count))
    if (at >= 0 && sha256(text) === stored.sha256) return text
  }
  return undefined
}

/** Finds the content in the files of other segments, which may have been swapped. */
const textInSegments = async ({ paths }: DoctorContext, projectId: string, stored: StoredSegment) => {
  for await (const name of iterateNames(paths.segments(projectId))) {
    const file = await readText(join(paths.segments(projectId), name))
    if (file.type === 'text' && sha256(file.text) === stored.sha256) return file.text
  }
  return undefined
}

const restoreSegment = (context: DoctorContext, projectId: string, id: string, text: string): Promise<string> =>
  context.withWorkFolder(projectId, async (folder) => {
    const path = context.paths.segment(projectId, id)
    const own = join(folder, 'run.json')
    await writeNew(own, text)
    await makeFolder(context.paths.segments(projectId))
    await context.lostAndFound.move(path)
    await linkNew(own, path)
    await sync(context.paths.segments(projectId))
    return 'restored, byte for byte'
  })

/** Replaces older revisions that name a lost segment by the next one that does not. @returns their number */
const replaceRevisionsNaming = (context: DoctorContext, projectId: string, segmentId: string): Promise<number> =>
  context.withWorkFolder(projectId, (folder) =>
    context.withLock(projectId, async () => {
      const history = await readHistory(context.paths, projectId)
      const naming = history.filter(({ revision }) => revision && namedSegments(revision).includes(segmentId))
      const others = history.map((entry) => (naming.includes(entry) ? { number: entry.number } : entry))
      for (const { number } of naming.toReversed())
        await replaceRevision(context, projectId, number, substituteFor(number, others), folder)
      await context.lostAndFound.move(context.paths.segment(projectId, segmentId))
      return naming.length
    }),
  )

/** Commits a list without its lost segments; images that no list names any more take the position of the first one. */
const rebuildList = (context: DoctorContext, projectId: string): Promise<string> =>
  context.withWorkFolder(projectId, async (folder) => {
    const base = newestIntact(await readHistory(context.paths, projectId))
    if (!base) throw new Error('the project has no intact revision')
    const list = await readIntactParts(context, projectId, base.state.images)
    const listed = new Set(list.imageIds)
    const isListed = (imageId: string) => listed.has(imageId) || base.removing.includes(imageId)
    // The remaining files of a deleted project do not belong to its list.
    const originals = list.hasGap ? await findUnlistedOriginals(context.paths, projectId, isListed, 'alive') : []
    const records = await recordsOfOriginals(context, projectId, originals)
    const revision = await context.withLock(projectId, async () => {
      const head = newestIntact(await readHistory(context.paths, projectId))
      if (head?.state.revision !== base.state.revision) throw changedMeanwhile(projectId)
      const next = await nextRevision(context, projectId, base, list.with(records), folder)
      await appendRevision(context, next, folder)
      await context.publisher.publish(projectId, next, folder)
      return next
    })
    const lost = base.state.image_count - revision.state.image_count
    return `rebuilt; ${records.length} images found by their files${lost > 0 ? `, ${lost} lost` : ''}`
  })

const readIntactParts = async ({ paths }: DoctorContext, projectId: string, { segments, tail }: ImageList) => {
  const before: Segment[] = []
  const after: Segment[] = []
  const imageIds = tail.map(({ id }) => id)
  let hasGap = false
  for (const segment of segments) {
    const images = await readSegment(paths, projectId, storedSegment(segment.count, segment.stored))
    if (typeof images === 'string') hasGap = true
    else {
      imageIds.push(...images.map(({ id }) => id))
      ;(hasGap ? after : before).push({ ...segment, images: undefined })
    }
  }
  const withRecords = (records: readonly ImageRecord[]): ImageList => {
    const list = records.reduce(appendImage, listOf([]))
    const rest = list.tail.length > 0 ? [{ images: list.tail, count: list.tail.length }] : []
    return { segments: [...before, ...list.segments, ...rest, ...after], tail }
  }
  return { imageIds, hasGap, with: withRecords }
}

const nextRevision = async (
  { paths, segments, now }: DoctorContext,
  projectId: string,
  base: Revision,
  list: ImageList,
  folder: string,
): Promise<Revision> => {
  const stored = await segments.store(projectId, list, folder)
  const images = imagesOf(await segments.load(projectId, stored))
  const { state } = base
  const hasPrimary = images.some(({ id }) => id === state.primary_image_id)
  const removingSegments: StoredSegment[] = []
  for (const removing of base.removingSegments)
    if (typeof (await readSegment(paths, projectId, removing)) !== 'string') removingSegments.push(removing)
  const next: Revision = {
    state: {
      ...state,
      revision: state.revision + 1,
      updated_at: now().toISOString(),
      shownRevision: undefined,
      primary_image_id: hasPrimary ? state.primary_image_id : (images[0]?.id ?? null),
      image_count: images.length,
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
