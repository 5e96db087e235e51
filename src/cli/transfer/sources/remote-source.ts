// Project of another server as a source: the lossless sources of its images, else their originals.

import { PROJECT_ID_SOURCE } from '../../../core/names.ts'
import { type ListedImage, listImages, readProject } from '../listing.ts'
import type { Remote } from '../remote.ts'
import type { Source, SourceFile } from './source.ts'

const PROJECT_URL = new RegExp(`^(https?://[^?#]+?)/projects/(${PROJECT_ID_SOURCE})/?$`)

export interface ProjectUrl {
  /** URL of the server, with the path under which it is mounted. */
  server: string
  projectId: string
}

/** Undefined for anything but the URL of a project. */
export const parseProjectUrl = (text: string): ProjectUrl | undefined => {
  const [, server, projectId] = PROJECT_URL.exec(text) ?? []
  return server !== undefined && projectId !== undefined && URL.canParse(text) ? { server, projectId } : undefined
}

/** @throws Error where there is no such project */
export const openProject = async (remote: Remote, projectId: string): Promise<Source> => {
  const listing = await listImages(remote, projectId)
  if (!listing) throw new Error(`the source has no project "${projectId}", or none that its key may read`)
  const { images, coverId } = listing
  return {
    files: images.map((image) => fileOf(remote, projectId, image)),
    refused: [],
    passedOver: 0,
    project: { imageIds: images.map(({ id }) => id), coverId, ...(await readProject(remote, projectId)) },
    close: async () => remote.close(),
  }
}

const fileOf = (remote: Remote, projectId: string, image: ListedImage): SourceFile => {
  const { id, name, title, alt, tags, focal_point, asset, sizes, sha256 } = image
  const { source } = sizes
  const own = `/projects/${projectId}/images/${id}`
  return {
    path: asset ?? name ?? id,
    name: name ?? '',
    bytes: (source ?? sizes.original).bytes,
    sha256: (source && sha256.source) ?? sha256.original,
    madeFrom: sha256.upload,
    ...(asset === null ? {} : { asset }),
    id,
    details: {
      ...(title === null ? {} : { title }),
      ...(alt === null ? {} : { alt }),
      tags,
      ...(focal_point === null ? {} : { focal_point }),
    },
    open: () => remote.download(source ? `${own}/original.png` : `${own}?size=original`),
  }
}
