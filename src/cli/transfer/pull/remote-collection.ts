// The covers of a collection on a server. Nothing of it is trusted: ids are checked.

import { z } from 'zod'
import { IMAGE_ID, PROJECT_ID } from '../../../core/names.ts'
import { parseAnswer } from '../answer.ts'
import type { Remote } from '../remote.ts'
import { imageFilesOf } from './remote-file.ts'
import type { ManifestRequest, RemoteManifest } from './remote-manifest.ts'

const sizeSchema = z.object({ width: z.int(), height: z.int() })

const coverSchema = z.object({
  id: z.string().regex(IMAGE_ID),
  sizes: z.object({ original: sizeSchema, medium: sizeSchema, thumb: sizeSchema, game: sizeSchema }),
})

const collectionSchema = z.object({
  projects: z.array(z.object({ project_id: z.string().regex(PROJECT_ID), cover: coverSchema.nullable() })),
})

const changesSchema = z.object({ tag: z.string().regex(/^[\w-]{22}$/) })

/** Reads the position before the covers, so that no change falls between. @throws Error */
export const readCollection = async (
  remote: Pick<Remote, 'send'>,
  { name, size, format }: ManifestRequest,
): Promise<RemoteManifest> => {
  const changes = await remote.send({ path: `/collections/${name}/changes` })
  if (!changes.ok && changes.code === 'collection_not_found')
    throw new Error(`the server has no collection "${name}", or none that the key may read`)
  const { tag } = parseAnswer(changes, changesSchema)
  const { projects } = parseAnswer(await remote.send({ path: `/collections/${name}` }), collectionSchema)
  const images = projects.flatMap(({ project_id: projectId, cover }) =>
    cover ? [{ id: projectId, projectId, name: projectId, imageId: cover.id, ...cover.sizes[size], sha256: null }] : [],
  )
  return { position: tag, files: imageFilesOf(images, { size, format }) }
}
