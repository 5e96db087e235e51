// Checks for stray files: entries of a project that no revision names. They are moved to .lost/, never deleted.

import { join } from 'node:path'
import { pendingOf } from '../../../../core/jobs/pending.ts'
import { VARIANTS, type VariantName, variantsOf } from '../../../../core/names.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import { storedSegment } from '../../../history/revision.ts'
import type { DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { iterateNames, statOf } from '../read/files.ts'
import { readHistory } from '../read/history.ts'
import { imageIdOf } from '../read/images.ts'
import { findPendingWork } from '../read/pending-work.ts'
import { readSegment, segmentsOnDisk } from '../read/segments.ts'

/** Ids compared with the list at a time: about 10 MB. */
const MAX_IDS = 100_000
const MAX_TRIES = 5
const SEGMENT_NAME = /^([0-9a-z]{16})\.json$/

export async function* checkStrays(context: DoctorContext, projectId: string): AsyncGenerator<Problem> {
  yield* straySegments(context, projectId)
  let found = new Map<string, VariantName[]>()
  for (const variant of VARIANTS) {
    const folder = context.paths.variants(projectId, variant)
    for await (const name of iterateNames(folder)) {
      const imageId = imageIdOf(name, variant)
      if (imageId === undefined) yield unknownEntry(context, join(folder, name))
      else found.set(imageId, [...(found.get(imageId) ?? []), variant])
      if (found.size < MAX_IDS) continue
      yield* strayVariants(context, projectId, found)
      found = new Map()
    }
  }
  yield* strayVariants(context, projectId, found)
}

export const unknownEntry = (
  context: DoctorContext,
  path: string,
  detail = 'does not belong to the store; not touched',
): Problem => ({ kind: 'unknown_entry', path: context.relativePath(path), detail })

/** Takes an entry out of the store. @returns what was done */
export const moveToLost = async (context: DoctorContext, path: string): Promise<string> => {
  const target = await context.lostAndFound.move(path)
  return target ? `moved to ${context.relativePath(target)}` : 'already gone'
}

/**
 * The files were listed before this. An upload names its image under .tmp, publishes its files, commits its image and
 * only then leaves .tmp; a deletion likewise. So an image that neither .tmp nor, read later, the head names is a stray.
 * So is a source that the record of its image does not name: renders would be made from it.
 */
async function* strayVariants(
  context: DoctorContext,
  projectId: string,
  found: ReadonlyMap<string, readonly VariantName[]>,
): AsyncGenerator<Problem> {
  if (found.size === 0) return
  const { imageIds: pending } = await findPendingWork(context.paths, projectId, 'all')
  const named = await namedAmong(context, projectId, found)
  if (!named) return
  for (const [imageId, variants] of found) {
    if (pending.has(imageId)) continue
    const recorded = named.get(imageId)
    const detail = recorded ? 'the record of its image has no source' : 'belongs to no image of the project'
    for (const variant of variants) {
      if (recorded?.includes(variant)) continue
      const path = context.paths.variant(projectId, imageId, variant)
      if (await statOf(path)) yield stray(context, 'stray_variant', path, detail)
    }
  }
}

/** Variants of images that the head lists, that are pending or being removed; undefined where its list cannot be read whole. */
const namedAmong = async (
  { paths, heads }: DoctorContext,
  projectId: string,
  found: ReadonlyMap<string, unknown>,
): Promise<ReadonlyMap<string, readonly VariantName[]> | undefined> => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const head = await heads.read(projectId)
    const pending = head ? pendingOf(head.state).map(({ id }) => id) : []
    const named = new Map<string, readonly VariantName[]>(
      [...(head?.removing ?? []), ...pending].map((id) => [id, VARIANTS]),
    )
    const take = (images: readonly ImageRecord[], isRemoving = false) => {
      for (const { id, sizes } of images) if (found.has(id)) named.set(id, isRemoving ? VARIANTS : variantsOf(sizes))
    }
    take(head?.state.images.tail ?? [])
    let isWhole = true
    const listed = head?.state.images.segments.map(({ count, stored }) => storedSegment(count, stored)) ?? []
    for (const stored of [...listed, ...(head?.removingSegments ?? [])]) {
      const images = await readSegment(paths, projectId, stored)
      if (typeof images === 'string') isWhole = false
      else take(images)
    }
    if (isWhole) return named
  }
  return undefined
}

async function* straySegments(context: DoctorContext, projectId: string): AsyncGenerator<Problem> {
  const folder = context.paths.segments(projectId)
  const found: string[] = []
  for await (const name of iterateNames(folder)) {
    const segmentId = SEGMENT_NAME.exec(name)?.[1]
    if (segmentId === undefined) yield unknownEntry(context, join(folder, name))
    else found.push(segmentId)
  }
  if (found.length === 0) return
  const { segmentIds: pending } = await findPendingWork(context.paths, projectId, 'all')
  const history = await readHistory(context.paths, projectId)
  // A damaged revision may name any of them.
  if (history.some(({ fault }) => fault)) return
  const named = segmentsOnDisk(history)
  for (const segmentId of found) {
    const path = context.paths.segment(projectId, segmentId)
    if (!named.has(segmentId) && !pending.has(segmentId) && (await statOf(path)))
      yield stray(context, 'stray_run', path, 'named by no revision')
  }
}

const stray = (context: DoctorContext, kind: 'stray_variant' | 'stray_run', path: string, detail: string): Problem => ({
  kind,
  path: context.relativePath(path),
  detail,
  repair: () => moveToLost(context, path),
})
