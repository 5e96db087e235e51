// Images known by their files alone, and records made from those files.

import { join } from 'node:path'
import { TintypeError } from '../../../../core/errors.ts'
import { isImageId, SIZES, type Size } from '../../../../core/names.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import type { Paths } from '../../paths.ts'
import { underWay } from '../checks/temporaries.ts'
import type { Remade, Tools } from '../context.ts'
import { eachName, lookAt, statOf } from '../read/files.ts'
import { placeVariant } from './place-variant.ts'

export interface FoundOriginal {
  imageId: string
  /** When the file was written, as ISO 8601. */
  writtenAt: string
}

/** The image whose file this is, undefined for any other name. */
export const imageIdOf = (fileName: string): string | undefined => {
  const imageId = fileName.endsWith('.jpg') ? fileName.slice(0, -'.jpg'.length) : ''
  return isImageId(imageId) ? imageId : undefined
}

/**
 * Files in `original/` of images that are not known, oldest first.
 *
 * @param whose uploads under way that don't count: with `living`, those of processes that are gone do
 */
export const foundOriginals = async (
  paths: Paths,
  projectId: string,
  isKnown: (imageId: string) => boolean,
  whose: 'all' | 'living',
): Promise<FoundOriginal[]> => {
  const found: FoundOriginal[] = []
  for await (const name of eachName(paths.variants(projectId, 'original'))) {
    const imageId = imageIdOf(name)
    if (imageId === undefined || isKnown(imageId)) continue
    const stats = await statOf(paths.variant(projectId, imageId, 'original'))
    if (stats?.isFile()) found.push({ imageId, writtenAt: stats.mtime.toISOString() })
  }
  const { images } = await underWay(paths, projectId, whose)
  return found
    .filter(({ imageId }) => !images.has(imageId))
    .sort((one, other) => (one.writtenAt + one.imageId < other.writtenAt + other.imageId ? -1 : 1))
}

/** Errors of an encoder that say something about the picture, not about this moment. */
const NO_PICTURE = ['empty_file', 'not_an_image', 'unsupported_image_type', 'damaged_image', 'too_many_pixels']

/**
 * A record for an image of which only the files are left. The variants are made again, because nothing says whether
 * those that are there are sound; the original stays as it is. The hash of the upload is lost, that of the original
 * stands in for it. Undefined where the original is no sound picture.
 */
export const recordFromFiles = (
  tools: Tools,
  projectId: string,
  found: FoundOriginal,
): Promise<ImageRecord | undefined> =>
  tools.work(projectId, async (folder) => {
    const { imageId } = found
    const source = tools.paths.variant(projectId, imageId, 'original')
    const look = await lookAt(source)
    if (look.type !== 'file') return undefined
    const remade = await remakeIn(tools, source, folder)
    if (!remade) return undefined
    const { sizes, placeholder, color } = remade
    for (const size of SIZES.slice(1)) {
      const path = tools.paths.variant(projectId, imageId, size)
      const there = await lookAt(path)
      if (there.type === 'file' && there.sha256 === sizes[size].sha256) continue
      await placeVariant(tools, targetsIn(folder)[size], path)
    }
    const original = { ...sizes.original, bytes: look.bytes, sha256: look.sha256 }
    return {
      id: imageId,
      ext: 'jpg',
      created_at: found.writtenAt,
      width: original.width,
      height: original.height,
      sha256: look.sha256,
      sizes: { ...sizes, original },
      placeholder,
      color,
    }
  })

/** Names that a sweep does not take for published files: should this process die, nothing of the image is removed. */
export const targetsIn = (folder: string): Record<Size, string> => {
  const target = (size: Size) => join(folder, `remade-${size}.jpg`)
  return { original: target('original'), medium: target('medium'), thumb: target('thumb'), game: target('game') }
}

const remakeIn = async (tools: Tools, source: string, folder: string): Promise<Remade | undefined> => {
  try {
    return await tools.remake({ source, targets: targetsIn(folder) })
  } catch (error) {
    if (error instanceof TintypeError && NO_PICTURE.includes(error.code)) return undefined
    throw error
  }
}
