// Repairs the variants of an image: restores the exact bytes where a file has them, else makes them from a larger variant or the source.

import { copyFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SIZES, type Size, VARIANTS, type VariantName } from '../../../../core/names.ts'
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
      for (const name of VARIANTS) {
        const file = files[name]
        if (file.type !== 'file' || file.bytes === 0 || !faults.has(name) || pathsByHash.size >= MAX_INDEXED) continue
        pathsByHash.set(file.sha256, paths.variant(projectId, image.id, name))
      }
    },
    find: (sha256) => pathsByHash.get(sha256),
    moved(sha256, path) {
      if (pathsByHash.has(sha256)) pathsByHash.set(sha256, path)
    },
  }
}

/** True where {@link repairVariants} has a file to make this variant from. */
export const isRepairable = (faulty: FaultyImage, name: VariantName, contents: ContentIndex): boolean => {
  const isElsewhere = (wanted: VariantName) => {
    const recorded = faulty.image.sizes[wanted]
    return recorded !== undefined && contents.find(recorded.sha256) !== undefined
  }
  return (
    faulty.faults.get(name)?.kind === 'record_differs' ||
    isElsewhere(name) ||
    BASES.some((base) => isMadeFrom(name, base) && (isIntact(faulty, base) || isElsewhere(base)))
  )
}

/**
 * Variants that others are made from, best first. The original comes before the source, since pixels may have been laid on
 * another background than is set today.
 */
export const BASES = ['original', 'source', 'medium', 'thumb'] as const

/** True for a smaller variant, and for all JPEG files of a source, which is made from nothing. */
export const isMadeFrom = (name: VariantName, base: (typeof BASES)[number]): name is Size =>
  name !== 'source' && (base === 'source' || SIZES.indexOf(name) > SIZES.indexOf(base))

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
): Promise<ReadonlyMap<VariantName, string>> =>
  context.withWorkFolder(projectId, async (folder) => {
    const { image, files } = faulty
    const done = new Map<VariantName, string>()
    const sizes = { ...image.sizes }
    let { placeholder, color } = image
    const place = async (from: string, name: VariantName) => {
      const former = await placeVariant(context, from, context.paths.variant(projectId, image.id, name))
      const file = files[name]
      if (former !== undefined && file.type === 'file') contents.moved(file.sha256, former)
    }

    for (const name of faulty.faults.keys()) {
      const found = await copyByContent(contents, image.sizes[name]?.sha256, join(folder, `found-${name}`))
      if (!found) continue
      await place(found.copy, name)
      done.set(name, `restored; its content was found at ${context.relativePath(found.path)}`)
    }

    for (const name of faulty.faults.keys()) {
      const content = image.sizes[name]
      const draft = join(folder, `fetched-${name}`)
      if (done.has(name) || isIntact(faulty, name) || !content) continue
      const isFetched = context.fallback?.fetch({ projectId, imageId: image.id, name, content }, draft)
      if (!(await isFetched?.catch(() => false))) continue
      await place(draft, name)
      done.set(name, 'restored from the fallback')
    }

    const isSound = (name: VariantName) => isIntact(faulty, name) || done.has(name)
    const lost = SIZES.filter((size) => !isSound(size))
    const base = BASES.find((name) => isSound(name) && lost.some((size) => isMadeFrom(size, name)))
    if (base) {
      const targets = remakeTargets(folder)
      const remade = await context.remake({ source: context.paths.variant(projectId, image.id, base), targets })
      // Absent from images of older stores.
      placeholder ??= remade.placeholder
      color ??= remade.color
      for (const size of lost.filter((size) => isMadeFrom(size, base))) {
        await place(targets[size], size)
        const isSame = remade.sizes[size].sha256 === image.sizes[size].sha256
        sizes[size] = remade.sizes[size]
        done.set(size, `made again from ${base}, ${isSame ? 'byte for byte' : 'with other bytes than before'}`)
      }
    }

    for (const [name, { kind }] of faulty.faults) {
      const file = files[name]
      const recorded = sizes[name]
      if (kind !== 'record_differs' || !recorded || file.type !== 'file' || !file.header) continue
      const { width, height } = file.header
      sizes[name] = { ...recorded, width, height }
      done.set(name, `the record was corrected to ${width}×${height} pixels`)
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

const copyByContent = async (contents: ContentIndex, sha256: string | undefined, copy: string) => {
  const path = sha256 === undefined ? undefined : contents.find(sha256)
  if (path === undefined) return undefined
  const file = await inspectFile(path)
  if (file.type !== 'file' || file.sha256 !== sha256) return undefined
  await copyFile(path, copy)
  return { path, copy }
}
