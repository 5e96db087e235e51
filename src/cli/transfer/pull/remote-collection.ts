// The covers of a collection on a server, with a path for each. Nothing of it is trusted: ids are checked.

import { z } from 'zod'
import { filePathsOf } from '../../../core/file-paths.ts'
import { IMAGE_ID, PROJECT_ID } from '../../../core/names.ts'
import { EXTENSIONS } from '../../../core/transform/formats.ts'
import { parseAnswer } from '../answer.ts'
import type { Remote } from '../remote.ts'
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
  const covers = projects.flatMap(({ project_id: id, cover }) => (cover ? [{ id, cover }] : []))
  const paths = filePathsOf(covers.map(({ id, cover }) => ({ id: cover.id, created_at: '', asset: id })))
  const extension = EXTENSIONS[format]
  return {
    position: tag,
    files: covers.map(({ id, cover }) => ({
      name: id,
      path: (paths.get(cover.id) ?? cover.id).replace(/\.jpg$/, `.${extension}`),
      imageId: cover.id,
      ...cover.sizes[size],
      sha256: null,
      source: { path: `/projects/${id}/images/${cover.id}/${size}.${extension}` },
    })),
  }
}
