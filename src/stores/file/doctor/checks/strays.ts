// Files in the folders of a project that nothing names. What may be somebody's picture is moved away, never removed.

import { join } from 'node:path'
import { SIZES, type Size } from '../../../../core/names.ts'
import { storedSegment } from '../../../history/revision.ts'
import type { Tools } from '../context.ts'
import type { Problem } from '../problem.ts'
import { eachName, statOf } from '../read/files.ts'
import { readHistory } from '../read/history.ts'
import { readSegment } from '../read/segments.ts'
import { imageIdOf } from '../repair/orphans.ts'
import { segmentsOnDisk } from './segments.ts'
import { underWay } from './temporaries.ts'

/** Ids that are compared with the list at a time: some 10 MB. */
const MOST_IDS = 100_000
const MOST_TRIES = 5
const SEGMENT_NAME = /^([0-9a-z]{16})\.json$/

export async function* checkStrays(tools: Tools, projectId: string): AsyncGenerator<Problem> {
  yield* straySegments(tools, projectId)
  let found = new Map<string, Size[]>()
  for (const size of SIZES) {
    const folder = tools.paths.variants(projectId, size)
    for await (const name of eachName(folder)) {
      const imageId = imageIdOf(name)
      if (imageId === undefined) yield unknownEntry(tools, join(folder, name))
      else found.set(imageId, [...(found.get(imageId) ?? []), size])
      if (found.size < MOST_IDS) continue
      yield* strayVariants(tools, projectId, found)
      found = new Map()
    }
  }
  yield* strayVariants(tools, projectId, found)
}

export const unknownEntry = (tools: Tools, path: string): Problem => ({
  kind: 'unknown_entry',
  path: tools.name(path),
  detail: 'not a file of the store',
})

/**
 * Files were listed before this. An upload names its image under .tmp first, then publishes its files, then is in the
 * list, and only then leaves .tmp; a deletion likewise. So what neither names, in this order, nobody will name again.
 */
async function* strayVariants(
  tools: Tools,
  projectId: string,
  found: ReadonlyMap<string, readonly Size[]>,
): AsyncGenerator<Problem> {
  if (found.size === 0) return
  const { images } = await underWay(tools.paths, projectId, 'all')
  const named = await namedAmong(tools, projectId, found)
  if (!named) return
  for (const [imageId, sizes] of found) {
    if (named.has(imageId) || images.has(imageId)) continue
    for (const size of sizes) {
      const path = tools.paths.variant(projectId, imageId, size)
      if (await statOf(path)) yield stray(tools, 'stray_variant', path, 'no image of the project has it')
    }
  }
}

/** Ids that the newest list has or that are being removed; undefined where the list cannot be read whole. */
const namedAmong = async (
  tools: Tools,
  projectId: string,
  found: ReadonlyMap<string, unknown>,
): Promise<ReadonlySet<string> | undefined> => {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const head = await tools.heads.read(projectId)
    const named = new Set<string>(head?.removing)
    const take = (images: readonly { id: string }[]) => {
      for (const { id } of images) if (found.has(id)) named.add(id)
    }
    take(head?.state.images.tail ?? [])
    let isWhole = true
    const listed = head?.state.images.segments.map(({ count, stored }) => storedSegment(count, stored)) ?? []
    for (const stored of [...listed, ...(head?.removingSegments ?? [])]) {
      const images = await readSegment(tools.paths, projectId, stored)
      if (typeof images === 'string') isWhole = false
      else take(images)
    }
    if (isWhole) return named
  }
  return undefined
}

async function* straySegments(tools: Tools, projectId: string): AsyncGenerator<Problem> {
  const folder = tools.paths.segments(projectId)
  const found: string[] = []
  for await (const name of eachName(folder)) {
    const segmentId = SEGMENT_NAME.exec(name)?.[1]
    if (segmentId === undefined) yield unknownEntry(tools, join(folder, name))
    else found.push(segmentId)
  }
  if (found.length === 0) return
  const { segments } = await underWay(tools.paths, projectId, 'all')
  const history = await readHistory(tools.paths, projectId)
  // What a revision names that cannot be read is not known.
  if (history.some(({ fault }) => fault)) return
  const named = segmentsOnDisk(history)
  for (const segmentId of found) {
    const path = tools.paths.segment(projectId, segmentId)
    if (!named.has(segmentId) && !segments.has(segmentId) && (await statOf(path)))
      yield stray(tools, 'stray_run', path, 'no revision names it')
  }
}

const stray = (tools: Tools, kind: 'stray_variant' | 'stray_run', path: string, detail: string): Problem => ({
  kind,
  path: tools.name(path),
  detail,
  async mend() {
    const place = await tools.lost.move(path)
    return place ? `moved to ${tools.name(place)}` : 'gone already'
  },
})
