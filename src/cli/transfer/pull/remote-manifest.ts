// The manifest of a project on a server, with a path for each file. Nothing of it is trusted: names and ids are checked.

import { z } from 'zod'
import { filePathsOf } from '../../../core/file-paths.ts'
import { IMAGE_ID_SOURCE, isAssetName, isImageId, type Size } from '../../../core/names.ts'
import { EXTENSIONS, type Format } from '../../../core/transform/formats.ts'
import { parseAnswer } from '../answer.ts'
import type { Remote } from '../remote.ts'

export interface ManifestRequest {
  /** Id of the project, or name of the collection. */
  name: string
  size: Size
  format: Format
  /** Whether images that are no asset are part of it, by their ids. */
  all: boolean
}

/** A file of an atlas, which is no part of the manifest. */
export interface AtlasFile {
  /** Relative, with `/` between its parts. */
  path: string
  /** Of a picture; else another text that changes with the content. */
  imageId: string
  /** Null where it is not known before, as of renders. */
  sha256: string | null
  /** Path on the server, or the content itself. */
  source: { path: string } | { text: string }
}

export interface WantedFile extends AtlasFile {
  /** Name of the asset, id of the image, or id of the project whose cover it is. */
  name: string
  width: number
  height: number
}

export interface RemoteManifest {
  /** Position in the change feed, before what was read. */
  position: string
  files: WantedFile[]
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
  const named = files
    .map(([name, file]) => ({ name, ...file, imageId: IMAGE_URL.exec(file.url)?.[1] ?? '' }))
    .filter(({ name, imageId }) => all || name !== imageId)
  const paths = filePathsOf(named.map(({ name, imageId }) => ({ id: imageId, created_at: '', asset: name })))
  return {
    position: String(revision),
    files: named.map(({ name, imageId, width, height, sha256 }) => {
      const path = (paths.get(imageId) ?? imageId).replace(/\.jpg$/, `.${EXTENSIONS[format]}`)
      const source = { path: `/projects/${projectId}/images/${imageId}/${size}.${EXTENSIONS[format]}` }
      return { name, path, imageId, width, height, sha256, source }
    }),
  }
}
