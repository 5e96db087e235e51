// Reads meta.json: its expected hash, and its content where revisions are lost.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { listOf } from '../../../../core/project/image-list.ts'
import { imageSchema, projectSchema } from '../../../../core/project/model.ts'
import type { ProjectState } from '../../../../core/project/state.ts'
import { publishedText } from '../../../history/revision.ts'
import { CLAIM_BYTES, claimOf } from '../../commit/revision-file.ts'
import type { Paths } from '../../paths.ts'
import { type FileState, hashFile, parseJson, type RegularFile, readText, withFile } from './files.ts'

export interface MetaJsonFile extends RegularFile {
  /** The revision that it states to be a copy of, undefined where it states none. */
  revision: number | undefined
}

export const inspectMetaJson = (paths: Paths, projectId: string): Promise<FileState<MetaJsonFile>> =>
  withFile(paths.published(projectId), async (handle, bytes) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(CLAIM_BYTES), 0, CLAIM_BYTES, 0)
    return { ...(await hashFile(handle, bytes)), revision: claimOf(buffer.toString('utf8', 0, bytesRead)) }
  })

const metaJsonSchema = z.object({ ...projectSchema.shape, images: z.array(imageSchema) })

/** The project in meta.json, undefined where its content is invalid. Holds all images in memory. */
export const readMetaJson = async (paths: Paths, projectId: string): Promise<ProjectState | undefined> => {
  const file = await readText(paths.published(projectId))
  const document = file.type === 'text' ? metaJsonSchema.safeParse(parseJson(file.text)).data : undefined
  if (document?.project_id !== projectId) return undefined
  const { images, ...project } = document
  const ids = new Set(images.map(({ id }) => id))
  const primary = project.primary_image_id
  if (ids.size !== images.length || project.image_count !== images.length) return undefined
  if (primary === null ? ids.size > 0 : !ids.has(primary)) return undefined
  return { ...project, deleted: false, images: listOf(images) }
}

/** SHA-256 of the meta.json that belongs to a state, in hex. Reads one segment at a time. */
export const metaJsonHash = async (paths: Paths, state: ProjectState): Promise<string> => {
  const hash = createHash('sha256')
  const segmentText = (id: string) => readFile(paths.segment(state.project_id, id), 'utf8')
  for await (const part of publishedText(state, segmentText)) hash.update(part)
  return hash.digest('hex')
}
