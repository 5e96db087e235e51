// Mends the pictures of one image: put back where the very bytes are found, made again from a larger one where not.

import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SIZES, type Size } from '../../../../core/names.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import type { Broken } from '../checks/variants.ts'
import type { Tools } from '../context.ts'
import { lookAt } from '../read/files.ts'
import { newestRecord } from '../read/images.ts'
import type { Misplaced } from './misplaced.ts'
import { targetsIn } from './orphans.ts'
import { placeVariant } from './place-variant.ts'

/** Whether {@link remakePictures} has anything to make this one from. */
export const canRemake = (broken: Broken, size: Size, misplaced: Misplaced): boolean =>
  broken.faults.get(size)?.kind === 'record_differs' ||
  misplaced.find(broken.image.sizes[size].sha256) !== undefined ||
  sourceFor(
    size,
    (source) => isSound(broken, source) || misplaced.find(broken.image.sizes[source].sha256) !== undefined,
  ) !== undefined

/**
 * The files first, then their record where it says something else. A crash in between leaves a picture that does not
 * fit its record: found and mended again.
 *
 * @returns what was done with each file that was mended
 */
export const remakePictures = (
  tools: Tools,
  projectId: string,
  broken: Broken,
  misplaced: Misplaced,
): Promise<ReadonlyMap<Size, string>> =>
  tools.work(projectId, async (folder) => {
    const { image, looks } = broken
    const done = new Map<Size, string>()
    const sizes = { ...image.sizes }
    let { placeholder, color } = image
    const place = async (from: string, size: Size) => {
      const kept = await placeVariant(tools, from, tools.paths.variant(projectId, image.id, size))
      const look = looks[size]
      if (kept !== undefined && look.type === 'file') misplaced.moved(look.sha256, kept)
    }

    for (const size of broken.faults.keys()) {
      const found = await fetchMisplaced(misplaced, image.sizes[size].sha256, join(folder, `found-${size}.jpg`))
      if (!found) continue
      await place(found.copy, size)
      done.set(size, `put back: it lay at ${tools.name(found.path)}`)
    }

    const lost = SIZES.filter((size) => !isSound(broken, size) && !done.has(size))
    const source = sourceFor(
      lost.find((size) => size !== 'original'),
      (size) => !lost.includes(size),
    )
    const smaller = source ? lost.filter((size) => SIZES.indexOf(size) > SIZES.indexOf(source)) : []
    if (source && smaller.length > 0) {
      const remade = await tools.remake({
        source: tools.paths.variant(projectId, image.id, source),
        targets: targetsIn(folder),
      })
      // An image of an older store had none.
      placeholder ??= remade.placeholder
      color ??= remade.color
      for (const size of smaller) {
        await place(targetsIn(folder)[size], size)
        const isSame = remade.sizes[size].sha256 === image.sizes[size].sha256
        sizes[size] = remade.sizes[size]
        done.set(size, `made again from ${source}${isSame ? ', byte for byte' : ', with other bytes than before'}`)
      }
    }

    for (const [size, { kind }] of broken.faults) {
      const look = looks[size]
      if (kind !== 'record_differs' || !('picture' in look) || !look.picture) continue
      const { width, height } = look.picture
      sizes[size] = { ...sizes[size], width, height }
      done.set(size, 'the list was put right')
    }
    await putRight(
      tools,
      projectId,
      { ...image, width: sizes.original.width, height: sizes.original.height, sizes, placeholder, color },
      broken,
    )
    return done
  })

const putRight = async (
  tools: Tools,
  projectId: string,
  image: ImageRecord,
  { image: before }: Broken,
): Promise<void> => {
  if (!(await newestRecord(tools, projectId, image.id))) {
    // Deleted meanwhile: what was put in place would stay for ever.
    await tools.removal.stray(projectId, image.id)
    return
  }
  if (JSON.stringify(image) !== JSON.stringify(before)) await tools.commit(projectId, { type: 'replace_image', image })
}

/** Copies a file that has these bytes. */
const fetchMisplaced = async (misplaced: Misplaced, sha256: string, copy: string) => {
  const path = misplaced.find(sha256)
  if (path === undefined) return undefined
  const look = await lookAt(path)
  if (look.type !== 'file' || look.sha256 !== sha256) return undefined
  await copyFile(path, copy)
  return { path, copy }
}

/** The file is what was written, whatever the list says of it. */
const isSound = ({ faults }: Broken, size: Size): boolean =>
  (faults.get(size)?.kind ?? 'record_differs') === 'record_differs'

/** The largest of the pictures that this one can be made from. */
const sourceFor = (size: Size | undefined, isUsable: (source: Size) => boolean): Size | undefined =>
  size && SIZES.slice(0, SIZES.indexOf(size)).find(isUsable)
