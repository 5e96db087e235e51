// Bodies of bulk uploads: a form with many files, or an archive.

import { TintypeError } from '../../core/errors.ts'
import { type BulkLimits, bulkTooLarge } from '../../services/images/bulk-limits.ts'
import type { Archive } from '../../services/images/images.ts'
import type { Context } from '../context.ts'
import { isForm } from './multipart.ts'

export type BulkBody = { form: string } | { archive: Archive['type'] }

const FORM = 'multipart/form-data'

/** Media types of archives. The second of each is what some browsers send. */
const ARCHIVES: ReadonlyMap<string, Archive['type']> = new Map([
  ['application/zip', 'zip'],
  ['application/x-zip-compressed', 'zip'],
  ['application/x-tar', 'tar'],
  ['application/tar', 'tar'],
])

/** Media types of the OpenAPI document. */
export const BULK_TYPES = [FORM, 'application/zip', 'application/x-tar'] as const

/** The content type of a form, or the type of an archive. @throws TintypeError `multipart_required`, `upload_too_large` */
export const bulkBodyOf = (c: Context, { maxBytes }: Pick<BulkLimits, 'maxBytes'>): BulkBody => {
  const contentType = c.req.header('content-type') ?? ''
  const archive = ARCHIVES.get(contentType.replace(/\s*;.*$/s, '').toLowerCase())
  if (!archive && !isForm(contentType))
    throw new TintypeError(
      'multipart_required',
      `Expected ${BULK_TYPES.join(', ')}, received ${contentType || 'no Content-Type'}.`,
      { details: { expected: BULK_TYPES, received: contentType || null } },
    )
  if (Number(c.req.header('content-length')) > maxBytes) throw bulkTooLarge(maxBytes)
  return archive ? { archive } : { form: contentType }
}
