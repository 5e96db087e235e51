// Records of a project beside its exported pictures: all that the server tells of each image, and its file.

import type { Size } from '../../../core/names.ts'
import { version } from '../../../version.ts'
import type { ListedImage } from '../listing.ts'

export interface ExportedProject {
  projectId: string
  title: string | null
  coverId: string | null
  size: Size
}

/** @param images in the order of the project, with the paths of their files */
export const recordsText = (
  { projectId, title, coverId, size }: ExportedProject,
  images: readonly { image: ListedImage; file: string }[],
): string => {
  const records = images.map(({ image, file }) => {
    const { sizes: _, sha256, ...record } = image
    return { file, sha256: sha256[size], upload_sha256: sha256.upload, ...record }
  })
  const document = { tintype: version, project_id: projectId, title, primary_image_id: coverId, size, images: records }
  return `${JSON.stringify(document, null, 2)}\n`
}
