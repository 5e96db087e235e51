// Files on a server that a pull writes, with a path for each.

import { filePathsOf } from '../../../core/file-paths.ts'
import type { Size } from '../../../core/names.ts'
import { EXTENSIONS, type Format } from '../../../core/transform/formats.ts'

/** Name of the manifest. No picture has this extension, and none is in a folder of this name. */
export const MANIFEST = 'manifest.json'

/** Name of the first document of the atlas. */
export const ATLAS = 'atlas.json'

export interface RemoteFile {
  /** Relative, with `/` between its parts. */
  path: string
  /** Changes with the content: the id of an image, or a hash. */
  contentId: string
  /** Null where it is not known before, as of renders. */
  sha256: string | null
  /** Path on the server, or the content itself. */
  source: { path: string } | { text: string }
}

/** A picture of a project. */
export interface RemoteImage {
  /** Distinguishes files whose paths would be the same: that of the image, or of the project whose cover it is. */
  id: string
  projectId: string
  imageId: string
  width: number
  height: number
  /** Null where it is rendered. */
  sha256: string | null
  /** Name of the asset, id of the image, or id of the project whose cover it is. */
  name: string
}

/** A file of a picture, which the manifest lists. */
export interface ImageFile extends RemoteFile, Pick<RemoteImage, 'name' | 'width' | 'height'> {}

/** The files of pictures in one size and format, by their names. */
export const imageFilesOf = (
  images: readonly RemoteImage[],
  { size, format }: { size: Size; format: Format },
): ImageFile[] => {
  // Without times, the order of the ids decides.
  const named = images.map(({ id, name }) => ({ id, created_at: '', asset: name }))
  const paths = filePathsOf(named, [MANIFEST, ATLAS])
  const extension = EXTENSIONS[format]
  return images.map(({ id, projectId, imageId, ...image }) => ({
    ...image,
    path: (paths.get(id) ?? id).replace(/\.jpg$/, `.${extension}`),
    contentId: imageId,
    source: { path: `/projects/${projectId}/images/${imageId}/${size}.${extension}` },
  }))
}
