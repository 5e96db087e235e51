// Repairs the variants of an image: restores the exact bytes where a file has them, else makes them from a larger variant.

import { copyFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SIZES, type Size } from '../../../../core/names.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import { linkNew, makeFolder, sync } from '../../fs/durable.ts'
import type { Paths } from '../../paths.ts'
import type { DoctorContext } from '../context.ts'
import { inspectFile } from '../read/files.ts'
import { findNewestRecord } from '../read/images.ts'
import { type FaultyImage, isIntact } from '../read/variants.ts'

/** Index of the faulty files of a project by their content, so that two swapped files are both restored. */
export interface ContentIndex {
  add(paths: Paths, projectId: string, faulty: FaultyImage): void
  /** The path of a file that has, or had, this content. */
  find(sha256: string): string | undefined
  moved(sha256: string, path: string): void
}

/** Limit on indexed files: more faults have another cause than swapped files. */
const MAX_INDEXED = 10_000

export const createContentIndex = (): ContentIndex => {
  const pathsByHash = new Map<string, string>()
  return {
    add(paths, projectId, { image, files, faults }) {
      for (const size of SIZES) {
        const file = files[size]
        if (file.type !== 'file' || file.bytes === 0 || !faults.has(size) || pathsByHash.size >= MAX_INDEXED) continue
        pathsByHash.set(file.sha256, paths.variant(projectId, image.id, size))
      }
    },
    find: (sha256) => pathsByHash.get(sha256),
    moved(sha256, path) {
      if (pathsByHash.has(sha256)) pathsByHash.set(sha256, path)
    },
  }
}

/** True where {@link repairVariants} has a source for this variant. */
export const isRepairable = (faulty: FaultyImage, size: Size, contents: ContentIndex): boolean => {
  const isElsewhere = (wanted: Size) => contents.find(faulty.image.sizes[wanted].sha256) !== undefined
  return (
    faulty.faults.get(size)?.kind === 'record_differs' ||
    isElsewhere(size) ||
    largestSource(size, (source) => isIntact(faulty, source) || isElsewhere(source)) !== undefined
  )
}

/**
 * Repairs the files first, then the record. A crash in between leaves a file that differs from its record, which the
 * next call finds and repairs.
 *
 * @returns what was done, for each repaired variant
 */
export const repairVariants = (
  context: DoctorContext,
  projectId: string,
  faulty: FaultyImage,
  contents: ContentIndex,
): Promise<ReadonlyMap<Size, string>> =>
  context.withWorkFolder(projectId, async (folder) => {
    const { image, files } = faulty
    const done = new Map<Size, string>()
    const sizes = { ...image.sizes }
    let { placeholder, color } = image
    const place = async (from: string, size: Size) => {
      const former = await placeVariant(context, from, context.paths.variant(projectId, image.id, size))
      const file = files[size]
      if (former !== undefined && file.type === 'file') contents.moved(file.sha256, former)
    }

    for (const size of faulty.faults.keys()) {
      const found = await copyByContent(contents, image.sizes[size].sha256, join(folder, `found-${size}.jpg`))
      if (!found) continue
      await place(found.copy, size)
      done.set(size, `restored; its content was found at ${context.relativePath(found.path)}`)
    }

    const lost = SIZES.filter((size) => !isIntact(faulty, size) && !done.has(size))
    const source = largestSource(
      lost.find((size) => size !== 'original'),
      (size) => !lost.includes(size),
    )
    const smaller = source ? lost.filter((size) => SIZES.indexOf(size) > SIZES.indexOf(source)) : []
    if (source && smaller.length > 0) {
      const targets = remakeTargets(folder)
      const remade = await context.remake({ source: context.paths.variant(projectId, image.id, source), targets })
      // Absent from images of older stores.
      placeholder ??= remade.placeholder
      color ??= remade.color
      for (const size of smaller) {
        await place(targets[size], size)
        const isSame = remade.sizes[size].sha256 === image.sizes[size].sha256
        sizes[size] = remade.sizes[size]
        done.set(size, `made again from ${source}, ${isSame ? 'byte for byte' : 'with other bytes than before'}`)
      }
    }

    for (const [size, { kind }] of faulty.faults) {
      const file = files[size]
      if (kind !== 'record_differs' || file.type !== 'file' || !file.header) continue
      const { width, height } = file.header
      sizes[size] = { ...sizes[size], width, height }
      done.set(size, `the record was corrected to ${width}×${height} pixels`)
    }
    const { width, height } = sizes.original
    await commitRecord(context, projectId, image, { ...image, width, height, sizes, placeholder, color })
    return done
  })

const commitRecord = async (context: DoctorContext, projectId: string, before: ImageRecord, image: ImageRecord) => {
  if (!(await findNewestRecord(context, projectId, image.id))) {
    // Deleted meanwhile: the repaired files would stay for ever.
    await context.removal.stray(projectId, image.id)
    return
  }
  if (JSON.stringify(image) !== JSON.stringify(before))
    await context.commit(projectId, { type: 'replace_image', image })
}

/**
 * Puts a file in the place of a variant that is damaged or missing, and keeps the damaged one. A reader finds the old
 * file or the new one, never none or a part.
 *
 * @param from a complete file in a folder of this process
 * @returns the path of the file that was replaced, undefined where there was none
 */
export const placeVariant = async (context: DoctorContext, from: string, to: string): Promise<string | undefined> => {
  await makeFolder(dirname(to))
  await sync(from)
  const former = await context.lostAndFound.keep(to)
  // A second link, so that `from` stays in place.
  const own = `${from}.placed`
  await linkNew(from, own)
  await rename(own, to)
  await sync(dirname(to))
  return former
}

/** Paths under names that a sweep does not take for published files: it removes nothing of the image after a crash. */
export const remakeTargets = (folder: string): Record<Size, string> => {
  const target = (size: Size) => join(folder, `remade-${size}.jpg`)
  return { original: target('original'), medium: target('medium'), thumb: target('thumb'), game: target('game') }
}

const copyByContent = async (contents: ContentIndex, sha256: string, copy: string) => {
  const path = contents.find(sha256)
  if (path === undefined) return undefined
  const file = await inspectFile(path)
  if (file.type !== 'file' || file.sha256 !== sha256) return undefined
  await copyFile(path, copy)
  return { path, copy }
}

const largestSource = (size: Size | undefined, isUsable: (source: Size) => boolean): Size | undefined =>
  size && SIZES.slice(0, SIZES.indexOf(size)).find(isUsable)
