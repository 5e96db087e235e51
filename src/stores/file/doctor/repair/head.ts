// Repairs the head of a project: recovers the newest known state and commits it as a new revision.

import { VARIANTS } from '../../../../core/names.ts'
import { appendImage, type ImageList, imagesOf, type Segment } from '../../../../core/project/image-list.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import { emptyProject, type ProjectState } from '../../../../core/project/state.ts'
import { hasKeysOrUsers } from '../../../accounts/has-keys-or-users.ts'
import { namedSegments, type Revision, storedSegment } from '../../../history/revision.ts'
import { makeFolder } from '../../fs/durable.ts'
import type { DoctorContext } from '../context.ts'
import { statOf } from '../read/files.ts'
import { assessHead, type HeadAssessment, type HeadRecovery, type RecoverySource } from '../read/head.ts'
import { newestIntact, newestNumber, readHistory } from '../read/history.ts'
import { findUnlistedOriginals } from '../read/images.ts'
import { readSegment } from '../read/segments.ts'
import { recordsOfOriginals } from './orphans.ts'
import {
  appendRevision,
  changedMeanwhile,
  replaceRevision,
  restoredCommits,
  restoreMisplaced,
  substituteFor,
} from './revisions.ts'

/** Identifies a recovery, so that another assessment can confirm it. */
export const recoveryKey = ({ path, number, source }: HeadRecovery): string => `${path} ${number} ${source.from}`

/** @returns what was done. @throws TintypeError `busy` where the project was changed meanwhile */
export const repairHead = (context: DoctorContext, projectId: string, recovery: HeadRecovery): Promise<string> =>
  context.withWorkFolder(projectId, async (folder) => {
    const { source, number } = recovery
    // Outside the lock, since it may make thousands of variants. The assessment is repeated inside.
    const recovered = source.from === 'misplaced' ? undefined : await recoverState(context, projectId, source)
    return context.withLock(projectId, async () => {
      const assessment = await assessHead(context.paths, projectId)
      if (!assessment.recovery || recoveryKey(assessment.recovery) !== recoveryKey(recovery))
        throw changedMeanwhile(projectId)
      if (!recovered) {
        await restoreMisplaced(context, projectId, assessment.history, newestNumber(assessment.history), folder)
        return 'restored from the file of another number'
      }
      const revision = await commitRecovered(context, assessment, number, recovered, folder)
      await context.lostAndFound.keep(context.paths.published(projectId))
      await context.publisher.publish(projectId, revision, folder)
      return `${recovered.description}; committed as revision ${number}`
    })
  })

interface RecoveredState {
  state: ProjectState
  /** Ids of all its images. */
  imageIds: ReadonlySet<string>
  /** Sources and losses, in one line. */
  description: string
}

const commitRecovered = async (
  context: DoctorContext,
  { history }: HeadAssessment,
  number: number,
  { state, imageIds }: RecoveredState,
  folder: string,
): Promise<Revision> => {
  const { paths, segments } = context
  const { project_id: projectId } = state
  const before = newestIntact(history)
  await makeFolder(paths.segments(projectId))
  const revision: Revision = {
    state: { ...state, revision: number, images: await segments.store(projectId, state.images, folder) },
    commits: restoredCommits(before?.commits ?? []),
    removing: (before?.removing ?? []).filter((imageId) => !imageIds.has(imageId)),
    removingSegments: before?.removingSegments ?? [],
    droppedSegments: [],
    events: undefined,
  }
  const named = new Set(namedSegments(revision))
  const namedBefore = new Set(history.flatMap((entry) => (entry.revision ? namedSegments(entry.revision) : [])))
  const droppedSegments = [...namedBefore].filter((id) => !named.has(id))
  await appendRevision(context, { ...revision, droppedSegments }, folder)
  await closeGap(context, projectId, before?.state.revision, newestNumber(history), folder)
  return revision
}

/**
 * Writes substitutes for the number after the last intact revision and for the damaged one. A server that still takes
 * the last intact revision for the head only checks whether the next number is taken.
 */
const closeGap = async (
  context: DoctorContext,
  projectId: string,
  lastIntact: number | undefined,
  damaged: number,
  folder: string,
): Promise<void> => {
  for (const number of new Set([...(lastIntact === undefined ? [] : [lastIntact + 1]), damaged])) {
    const history = await readHistory(context.paths, projectId)
    const present = history.find((entry) => entry.number === number)
    if (number > 0 && number < newestNumber(history) && !present?.revision)
      await replaceRevision(context, projectId, number, substituteFor(number, history), folder)
  }
}

const recoverState = async (
  context: DoctorContext,
  projectId: string,
  source: Exclude<RecoverySource, { from: 'misplaced' }>,
): Promise<RecoveredState> => {
  if (source.from === 'meta.json') {
    const imageIds = new Set(imagesOf(source.state.images).map(({ id }) => id))
    return { state: source.state, imageIds, description: 'recovered from meta.json' }
  }
  const base = source.state
  const known = await withFiles(context, projectId, base?.images ?? { segments: [], tail: [] })
  const isListed = (imageId: string) => known.imageIds.has(imageId) || source.removing.includes(imageId)
  const originals = await findUnlistedOriginals(context.paths, projectId, isListed, 'alive')
  const records = await recordsOfOriginals(context, projectId, originals)
  const images = records.reduce(appendImage, known.list)
  for (const { id } of records) known.imageIds.add(id)
  const isPrivate = hasKeysOrUsers(context.paths.root)
  const description = [
    base ? `recovered from revision ${base.revision}` : 'recovered from the files in original/',
    `${records.length} images found by their files`,
    ...(known.missing > 0 ? [`${known.missing} images without any file were dropped`] : []),
    ...(originals.length > records.length
      ? [`${originals.length - records.length} originals cannot be decoded and were left out`]
      : []),
    ...(base ? ['later changes of title, order and cover are lost'] : []),
    ...(isPrivate ? ['the project is private until its owner or an administrator changes it'] : []),
  ].join('; ')
  const state = await stateOf(context, projectId, base, images, known.imageIds)
  // Whether it was private is lost with the head.
  return {
    state: isPrivate ? { ...state, visibility: 'private' } : state,
    imageIds: known.imageIds,
    description,
  }
}

/** The images of a list that still have a file. One without was deleted later, or nothing of it can be kept. */
const withFiles = async (context: DoctorContext, projectId: string, list: ImageList) => {
  const imageIds = new Set<string>()
  let missing = 0
  const filter = async (images: readonly ImageRecord[]): Promise<ImageRecord[]> => {
    const present: ImageRecord[] = []
    for (const image of images) {
      if (!(await hasFile(context, projectId, image.id))) continue
      present.push(image)
      imageIds.add(image.id)
    }
    missing += images.length - present.length
    return present
  }
  const segments: Segment[] = []
  for (const segment of list.segments) {
    const read = await imagesOfSegment(context, projectId, segment)
    // The images of a segment that cannot be read are found by their files.
    if (!read) continue
    const images = await filter(read)
    if (images.length === segment.count) segments.push({ ...segment, images: segment.stored ? undefined : images })
    else if (images.length > 0) segments.push({ images, count: images.length })
  }
  return { list: { segments, tail: await filter(list.tail) }, imageIds, missing }
}

const hasFile = async ({ paths }: DoctorContext, projectId: string, imageId: string): Promise<boolean> => {
  for (const name of VARIANTS) if (await statOf(paths.variant(projectId, imageId, name))) return true
  return false
}

const stateOf = async (
  context: DoctorContext,
  projectId: string,
  base: ProjectState | undefined,
  images: ImageList,
  imageIds: ReadonlySet<string>,
): Promise<ProjectState> => {
  const now = context.now().toISOString()
  const first = images.segments[0]
    ? (await imagesOfSegment(context, projectId, images.segments[0]))?.[0]
    : images.tail[0]
  const primary = base?.primary_image_id ?? null
  const isDeleted = async () =>
    !base || base.deleted || (base.image_count > 0 && !(await statOf(context.paths.published(projectId))))
  return {
    ...(base ?? { ...emptyProject(projectId, now), created_at: first?.created_at ?? now }),
    updated_at: now,
    shownRevision: undefined,
    primary_image_id: primary !== null && imageIds.has(primary) ? primary : (first?.id ?? null),
    image_count: imageIds.size,
    deleted: imageIds.size === 0 && (await isDeleted()),
    images,
  }
}

const imagesOfSegment = async (
  { paths }: DoctorContext,
  projectId: string,
  { images, count, stored }: Segment,
): Promise<readonly ImageRecord[] | undefined> => {
  const read = images ?? (await readSegment(paths, projectId, storedSegment(count, stored)))
  return typeof read === 'string' ? undefined : read
}
