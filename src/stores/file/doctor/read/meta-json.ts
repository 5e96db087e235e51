// meta.json: what it should be byte for byte, and what can be read from it where revisions are lost.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { ProjectState } from '../../../../core/project/changes.ts'
import { listOf } from '../../../../core/project/image-list.ts'
import { imageSchema, projectSchema } from '../../../../core/project/model.ts'
import { encodePublished, encodeSegment } from '../../../history/revision.ts'
import { CLAIM_BYTES, claimOf } from '../../commit/meta-revision.ts'
import type { Paths } from '../../paths.ts'
import { type Look, lookThrough, readText, visit } from './files.ts'

export type PublishedLook = Look | (Look & { type: 'file'; claimed: number | undefined })

/** What stands there, and the revision that it says it is a copy of. */
export const lookAtPublished = (paths: Paths, projectId: string): Promise<PublishedLook> =>
  visit(paths.published(projectId), async (handle, bytes) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(CLAIM_BYTES), 0, CLAIM_BYTES, 0)
    return { ...(await lookThrough(handle, bytes)), claimed: claimOf(buffer.toString('utf8', 0, bytesRead)) }
  })

const publishedSchema = z.object({ ...projectSchema.shape, images: z.array(imageSchema) })

/** A project as its meta.json has it, undefined where that cannot be believed. Holds all of its images in memory. */
export const readPublished = async (paths: Paths, projectId: string): Promise<ProjectState | undefined> => {
  const look = await readText(paths.published(projectId))
  const document = look.type === 'text' ? publishedSchema.safeParse(parsed(look.text)).data : undefined
  if (document?.project_id !== projectId) return undefined
  const { images, ...project } = document
  const ids = new Set(images.map(({ id }) => id))
  const primary = project.primary_image_id
  if (ids.size !== images.length || project.image_count !== images.length) return undefined
  if (primary === null ? ids.size > 0 : !ids.has(primary)) return undefined
  return { ...project, deleted: false, images: listOf(images) }
}

/** SHA-256 of the meta.json that belongs to a state. One segment at a time is read. */
export const publishedHash = async (paths: Paths, state: ProjectState): Promise<string> => {
  const hash = createHash('sha256')
  for await (const piece of publishedText(paths, state)) hash.update(piece)
  return hash.digest('hex')
}

/** The text that {@link encodePublished} makes, in pieces. */
async function* publishedText(paths: Paths, state: ProjectState): AsyncGenerator<string> {
  const frame = encodePublished({ ...state, images: listOf([]) }, [])
  const at = frame.lastIndexOf('[]')
  yield frame.slice(0, at)
  let some = false
  for await (const text of segmentTexts(paths, state)) {
    const lines = text.trim().slice(1, -1).trim()
    if (lines === '') continue
    yield (some ? ',\n    ' : '[\n    ') + lines
    some = true
  }
  yield (some ? '\n  ]' : '[]') + frame.slice(at + 2)
}

async function* segmentTexts(paths: Paths, { project_id, images }: ProjectState): AsyncGenerator<string> {
  for (const { stored } of images.segments)
    if (stored) yield await readFile(paths.segment(project_id, stored.id), 'utf8')
  yield encodeSegment(images.tail)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
