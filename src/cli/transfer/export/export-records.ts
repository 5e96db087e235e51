// Records of a project beside its exported pictures: all that the server tells of each image, and its file.

import type { Size } from '../../../core/names.ts'
import { version } from '../../../version.ts'
import type { ListedImage } from '../listing.ts'

export interface ExportedProject {
  projectId: string
  title: string | null
  tags?: readonly string[] | undefined
  coverId: string | null
  size: Size
}

/** @param images in the order of the project, with the paths of their files */
export const recordsText = (
  { projectId, title, tags, coverId, size }: ExportedProject,
  images: readonly { image: ListedImage; file: string }[],
): string => {
  const records = images.map(({ image, file }) => {
    const { sizes: _, sha256, ...record } = image
    return { file, sha256: sha256[size], upload_sha256: sha256.upload, ...record }
  })
  const project = { project_id: projectId, title, tags, primary_image_id: coverId }
  const document = { tintype: version, ...project, size, images: records }
  return `${JSON.stringify(document, null, 2)}\n`
}
