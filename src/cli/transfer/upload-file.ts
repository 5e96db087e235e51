// Upload of one file of a source, with its details, as an image or as an asset.

import { z } from 'zod'
import { parseAnswer, successOf } from './answer.ts'
import { formBody } from './multipart.ts'
import type { Remote } from './remote.ts'
import type { SourceFile } from './sources/source.ts'

const uploadedSchema = z.object({ image_id: z.string() })

/** Statuses that are about the one file. Every other refusal is one of all files. */
const ABOUT_FILE: ReadonlySet<number> = new Set([0, 400, 413, 415, 422])

/** Attempts to read a file from another server. */
const READ_ATTEMPTS = 3

/**
 * @param idempotencyKey @default none
 * @throws Error for a refusal that all further files would get
 */
export const uploadFile = async (
  remote: Remote,
  projectId: string,
  file: SourceFile,
  idempotencyKey: string | undefined,
): Promise<{ imageId: string } | { reason: string }> => {
  const { name, asset, details = {} } = file
  const point = details.focal_point
  const body = formBody(
    { ...file, name: name || UNNAMED },
    {
      title: details.title,
      alt: details.alt,
      tags: details.tags && details.tags.length > 0 ? JSON.stringify(details.tags) : undefined,
      // Text such as `0.3,0.6` has no exponents, which JavaScript writes for fractions below 1e-6.
      focal_point: point && JSON.stringify(point),
    },
  )
  for (let n = 1; ; n++) {
    const answer = await remote.send({
      ...(asset === undefined
        ? { method: 'POST', path: `/projects/${projectId}/images` }
        : { method: 'PUT', path: `/projects/${projectId}/assets/${asset}` }),
      headers: idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey },
      body,
    })
    if (answer.ok) {
      const { image_id: imageId } = parseAnswer(answer, uploadedSchema)
      await completeDetails(remote, `/projects/${projectId}/images/${imageId}`, file)
      return { imageId }
    }
    if (answer.code === 'unreadable' && file.sha256 !== undefined && n < READ_ATTEMPTS) continue
    const reason = answer.detail || answer.code
    if (ABOUT_FILE.has(answer.status) || answer.code === 'encoder_failed') return { reason }
    throw new Error(reason)
  }
}

/** A form has a name for every file. */
const UNNAMED = 'image'

/** Sets what a form cannot say: an empty alternative text, which says that a picture is decoration, and no name. */
const completeDetails = async (remote: Remote, path: string, { name, details }: SourceFile): Promise<void> => {
  const edit = { ...(name === '' ? { name: null } : {}), ...(details?.alt === '' ? { alt: '' } : {}) }
  if (Object.keys(edit).length === 0) return
  successOf(await remote.sendJson('PATCH', path, edit))
}
