// The manifest of a project on a server. Nothing of it is trusted: names and ids are checked.

import { z } from 'zod'
import { IMAGE_ID_SOURCE, isAssetName, isImageId, type Size } from '../../../core/names.ts'
import type { Format } from '../../../core/transform/formats.ts'
import { parseAnswer } from '../answer.ts'
import type { Remote } from '../remote.ts'
import { type ImageFile, imageFilesOf } from './remote-file.ts'

export interface ManifestRequest {
  /** Id of the project, or name of the collection. */
  name: string
  size: Size
  format: Format
  /** Whether images that are no asset are part of it, by their ids. */
  all: boolean
}

export interface RemoteManifest {
  /** Position in the change feed, before what was read. */
  position: string
  files: ImageFile[]
}

const IMAGE_URL = new RegExp(`/images/(${IMAGE_ID_SOURCE})/[a-z]+\\.[a-z]+(?:\\?|$)`)

const fileSchema = z.object({
  url: z.string().regex(IMAGE_URL),
  width: z.int(),
  height: z.int(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
})

/** Entries, since a record would lose the name `__proto__`. */
const manifestSchema = z.object({
  revision: z.int().min(0),
  files: z.preprocess(
    (files) => (typeof files === 'object' && files !== null ? Object.entries(files) : files),
    z.array(z.tuple([z.string().refine((name) => isAssetName(name) || isImageId(name)), fileSchema])),
  ),
})

/** @throws Error */
export const readManifest = async (
  remote: Pick<Remote, 'send'>,
  { name: projectId, size, format, all }: ManifestRequest,
): Promise<RemoteManifest> => {
  const answer = await remote.send({ path: `/projects/${projectId}/manifest.json?size=${size}&format=${format}` })
  if (!answer.ok && answer.code === 'project_not_found')
    throw new Error(`the server has no project "${projectId}", or none that the key may read`)
  const { revision, files } = parseAnswer(answer, manifestSchema)
  const images = files
    .map(([name, { url, ...file }]) => ({ name, ...file, imageId: IMAGE_URL.exec(url)?.[1] ?? '' }))
    .map((image) => ({ ...image, id: image.imageId, projectId }))
    .filter(({ name, imageId }) => all || name !== imageId)
  return { position: String(revision), files: imageFilesOf(images, { size, format }) }
}
