// Paths of images in archives and exported folders: of the asset, else of the name, else of the id.

import { cleanFileName } from './names.ts'

/** Sources of the file name of an image. */
export interface NamedImage {
  id: string
  created_at: string
  name?: string | null | undefined
  asset?: string | null | undefined
}

/** Extensions that the extension of the stored file replaces. */
const PICTURE_EXTENSION = /\.(?:jpe?g|jfif|png|webp|gif|tiff?|avif|heic|heif)$/i

const EXTENSION = '.jpg'

/** Characters that Windows has in no file name. */
const NOT_PORTABLE = /[<>:"/\\|?*]/g

/** Names of devices of Windows, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/** Longest name without its extension, in bytes: leaves room for the extension and an id below 255. */
const MAX_STEM_BYTES = 230

/**
 * Chooses a relative path for each image, by id, with `/` between its parts. Paths differ also where case is ignored, no
 * path is the folder of another one, and no part is empty, hidden or leads upwards. Of several images with one name, the
 * oldest has it alone, the others with their ids: a change of the order renames no file.
 *
 * @param ownFiles names of the caller's own files beside them, of which no path makes a folder. @default none
 */
export const filePathsOf = (images: readonly NamedImage[], ownFiles: readonly string[] = []): Map<string, string> => {
  const reserved = new Set(ownFiles.map(keyOf))
  const oldestFirst = [...images].sort(
    (one, other) => compare(one.created_at, other.created_at) || compare(one.id, other.id),
  )
  const stems = oldestFirst.map((image) => ({ image, stem: besideOwn(stemOf(image), reserved) }))
  const taken = new Set(stems.flatMap(({ stem }) => foldersOf(stem)))
  const paths = new Map<string, string>()
  // An asset keeps its name, whatever other images are called.
  const inOrder = [...stems.filter(({ image }) => image.asset), ...stems.filter(({ image }) => !image.asset)]
  for (const { image, stem } of inOrder) {
    let path = stem + EXTENSION
    for (let own = stem; taken.has(keyOf(path)); path = own + EXTENSION) own += `-${image.id}`
    taken.add(keyOf(path))
    paths.set(image.id, path)
  }
  return paths
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

const stemOf = ({ id, name, asset }: NamedImage): string => {
  if (asset) return asset.split('/').map(portable).join('/')
  return portable(cleanFileName(name ?? '').replace(PICTURE_EXTENSION, '')) || id
}

/** The stem with a first folder that is none of the reserved names. */
const besideOwn = (stem: string, reserved: ReadonlySet<string>): string => {
  const end = stem.indexOf('/')
  return end > 0 && reserved.has(keyOf(stem.slice(0, end))) ? `_${stem}` : stem
}

/** A part of a path that every file system takes, and none hides. Empty where nothing is left of it. */
const portable = (part: string): string => {
  const cut = cutTo(part.replaceAll(NOT_PORTABLE, '_'), MAX_STEM_BYTES)
  return cut
    .trim()
    .replace(/^\.+|\.+$/g, (dots) => '_'.repeat(dots.length))
    .replace(DEVICE, '_$&')
}

const cutTo = (text: string, maxBytes: number): string => {
  let bytes = 0
  let cut = ''
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > maxBytes) break
    cut += character
  }
  return cut
}

/** Keys of the folders above a path. */
const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, at, parts) => keyOf(parts.slice(0, at + 1).join('/')))

const keyOf = (path: string): string => path.normalize('NFC').toLowerCase()
