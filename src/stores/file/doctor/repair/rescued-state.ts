// The best state of a project that can be had without its newest revision.

import { SIZES } from '../../../../core/names.ts'
import { emptyProject, type ProjectState } from '../../../../core/project/changes.ts'
import { appendImage, type ImageList, imagesOf, type Segment } from '../../../../core/project/image-list.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import { anyStored } from '../../../accounts/is-initialized.ts'
import { storedSegment } from '../../../history/revision.ts'
import type { Tools } from '../context.ts'
import { statOf } from '../read/files.ts'
import type { Source } from '../read/head.ts'
import { recordsOf } from '../read/records.ts'
import { readSegment } from '../read/segments.ts'
import { type FoundOriginal, foundOriginals, recordFromFiles } from './orphans.ts'

export interface Rescued {
  state: ProjectState
  /** Of all its images. */
  imageIds: ReadonlySet<string>
  /** What it was made from, in one line. */
  how: string
}

export const rescuedState = async (
  tools: Tools,
  projectId: string,
  source: Exclude<Source, { from: 'misplaced' }>,
): Promise<Rescued> => {
  if (source.from === 'meta.json') {
    const imageIds = new Set(imagesOf(source.state.images).map(({ id }) => id))
    return { state: source.state, imageIds, how: 'written again from meta.json' }
  }
  const base = source.state
  const kept = await withFiles(tools, projectId, base?.images ?? { segments: [], tail: [] })
  const isKnown = (imageId: string) => kept.imageIds.has(imageId) || source.removing.includes(imageId)
  const found = await foundOriginals(tools.paths, projectId, isKnown, 'living')
  const records = await recordsFor(tools, projectId, found)
  const images = records.reduce(appendImage, kept.list)
  for (const { id } of records) kept.imageIds.add(id)
  const how = [
    base ? `rebuilt from revision ${base.revision}` : 'rebuilt from the files in original/',
    `${records.length} images found by their files`,
    ...(kept.gone > 0 ? [`${kept.gone} images left out, of which no file is left`] : []),
    ...(found.length > records.length ? [`${found.length - records.length} files are no sound pictures`] : []),
    ...(base ? ['what changed since (title, order, cover) is lost'] : []),
    ...(anyStored(tools.paths.root) ? ['it is private until its owner or an admin says otherwise'] : []),
  ].join('; ')
  return { state: await stateOf(tools, projectId, base, images, kept.imageIds), imageIds: kept.imageIds, how }
}

/** The part of a list of which there is still a file: what has none was deleted later, or nothing of it can be kept. */
const withFiles = async (tools: Tools, projectId: string, list: ImageList) => {
  const imageIds = new Set<string>()
  let gone = 0
  const filter = async (images: readonly ImageRecord[]): Promise<ImageRecord[]> => {
    const there: ImageRecord[] = []
    for (const image of images) {
      if (!(await hasFile(tools, projectId, image.id))) continue
      there.push(image)
      imageIds.add(image.id)
    }
    gone += images.length - there.length
    return there
  }
  const segments: Segment[] = []
  for (const segment of list.segments) {
    const read =
      segment.images ?? (await readSegment(tools.paths, projectId, storedSegment(segment.count, segment.stored)))
    // A segment that cannot be read: its images are found by their files.
    if (typeof read === 'string') continue
    const images = await filter(read)
    if (images.length === segment.count) segments.push({ ...segment, images: segment.stored ? undefined : images })
    else if (images.length > 0) segments.push({ images, count: images.length })
  }
  return { list: { segments, tail: await filter(list.tail) }, imageIds, gone }
}

const hasFile = async ({ paths }: Tools, projectId: string, imageId: string): Promise<boolean> => {
  for (const size of SIZES) if (await statOf(paths.variant(projectId, imageId, size))) return true
  return false
}

/** In the order in which they were uploaded, as far as is known. */
export const recordsFor = async (
  tools: Tools,
  projectId: string,
  found: readonly FoundOriginal[],
): Promise<ImageRecord[]> => {
  if (found.length === 0) return []
  const known = await recordsOf(tools.paths, projectId, new Set(found.map(({ imageId }) => imageId)))
  const records: ImageRecord[] = []
  for (const original of found) {
    const record = known.get(original.imageId) ?? (await recordFromFiles(tools, projectId, original))
    if (record) records.push(record)
  }
  return records.sort((one, other) => (one.created_at < other.created_at ? -1 : 1))
}

const stateOf = async (
  tools: Tools,
  projectId: string,
  base: ProjectState | undefined,
  images: ImageList,
  imageIds: ReadonlySet<string>,
): Promise<ProjectState> => {
  const now = tools.now().toISOString()
  const first = await firstImage(tools, projectId, images)
  const primary = base?.primary_image_id ?? null
  const isDeleted = async () =>
    !base || base.deleted || (base.image_count > 0 && !(await statOf(tools.paths.published(projectId))))
  return {
    ...(base ?? { ...emptyProject(projectId, now), created_at: first?.created_at ?? now }),
    // Whether it was private is lost with the newest revision.
    ...(anyStored(tools.paths.root) ? { visibility: 'private' as const } : {}),
    updated_at: now,
    primary_image_id: primary !== null && imageIds.has(primary) ? primary : (first?.id ?? null),
    image_count: imageIds.size,
    deleted: imageIds.size === 0 && (await isDeleted()),
    images,
  }
}

const firstImage = async (tools: Tools, projectId: string, { segments, tail }: ImageList) => {
  const segment = segments[0]
  if (!segment) return tail[0]
  const images =
    segment.images ?? (await readSegment(tools.paths, projectId, storedSegment(segment.count, segment.stored)))
  return typeof images === 'string' ? undefined : images[0]
}
