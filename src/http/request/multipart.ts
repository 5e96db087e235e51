// Multipart uploads: streams the one file of a form, and reads its text fields. The stream ends without an error only
// where the whole form is valid.

import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import busboy from 'busboy'
import { messageOf, TintypeError } from '../../core/errors.ts'
import { cleanFileName } from '../../core/names.ts'
import type { ImageDetails } from '../../core/project/image-details.ts'
import { clip } from '../../core/text.ts'
import { fileTooLarge } from '../../services/images/bulk-limits.ts'
import { NO_OBSERVER, type Observer } from '../../telemetry/observer.ts'
import { bodyChunks, type Context } from '../context.ts'
import { MAX_FIELD_BYTES, readField, type UploadFields } from './upload-fields.ts'

/** Name of the form field that carries the file. */
export const FILE_FIELD = 'file'

/** Limit of the parts of a form: 50 tags, one each, and other fields. */
const MAX_PARTS = 64

/** Limit of the bytes beside the file: boundaries, headers of parts (16 KiB at most in busboy), text fields. */
const MAX_FORM_BYTES = 64 * 1024

export interface UploadForm {
  /**
   * The file, with backpressure, one chunk in memory. The stream throws where the form is invalid, at the latest at its
   * end: the consumer must then discard what it has read.
   */
  file: AsyncIterable<Uint8Array>
  /** Details of the image. Complete once the file has ended, since fields may follow it. */
  details(): ImageDetails
  /** Names of the text fields that have no meaning. Complete as {@link UploadForm.details}. */
  ignoredFields(): readonly string[]
}

/**
 * Receives the form of an upload.
 *
 * @param maxUploadBytes limit of the file
 * @param observer counts all received bytes
 * @throws TintypeError at once: `multipart_required`, `malformed_multipart`, `upload_too_large`; from the stream:
 *   these, `file_missing`, `wrong_field`, `too_many_files`, `invalid_parameter`, `upload_aborted`
 */
export const receiveForm = (
  c: Context,
  maxUploadBytes: number,
  observer: Pick<Observer, 'received'> = NO_OBSERVER,
): UploadForm => {
  const contentType = contentTypeOf(c)
  if (Number(c.req.header('content-length')) > maxUploadBytes + MAX_FORM_BYTES) throw fileTooLarge(maxUploadBytes)
  const form = openForm(contentType)
  return {
    file: readForm(form, counted(bodyChunks(c), observer), maxUploadBytes),
    details() {
      const { name, title, alt, tags, focal_point } = form.fields.details
      return { name: name || fileNameOf(form.filename), title, alt, tags, focal_point }
    },
    ignoredFields: () => [...form.fields.ignored],
  }
}

/** Content type of a form. @throws TintypeError `multipart_required` */
const contentTypeOf = (c: Context): string => {
  const contentType = c.req.header('content-type')
  if (contentType !== undefined && isForm(contentType)) return contentType
  throw new TintypeError(
    'multipart_required',
    `Expected multipart/form-data with the image in field "${FILE_FIELD}", received ${contentType ?? 'no Content-Type'}.`,
    { details: { expected: 'multipart/form-data', received: contentType ?? null } },
  )
}

export const isForm = (contentType: string): boolean => /^multipart\/form-data\s*(;|$)/i.test(contentType)

/** Passes a body on, and counts its bytes. */
export async function* counted(chunks: AsyncIterable<Uint8Array>, observer: Pick<Observer, 'received'>) {
  for await (const chunk of chunks) {
    observer.received(chunk.length)
    yield chunk
  }
}

interface Form {
  parser: busboy.Busboy
  /** The file, once its part has begun. */
  file?: Readable
  /** Empty where a browser sent the field without a chosen file. */
  filename?: string
  fields: UploadFields
  /** True where the field of the file came as text. */
  hasText: boolean
  /** First error of the form. */
  problem?: TintypeError
}

/** Creates a parser that works synchronously: after `write`, file and problem reflect the chunk. */
const openForm = (contentType: string): Form => {
  const fields = { details: {}, ignored: new Set<string>() }
  const limits = { files: 1, parts: MAX_PARTS + 1, fieldSize: MAX_FIELD_BYTES }
  const form: Form = { parser: createParser(contentType, { limits }), fields, hasText: false }
  const fail = (error: TintypeError) => {
    form.problem ??= error
  }
  form.parser
    .on('error', (error) => fail(malformed(error)))
    .on('file', (name: string | undefined, file, info: { filename?: string }) => {
      file.on('error', () => {})
      if (name !== FILE_FIELD) return fail(wrongField(name))
      form.file = file
      form.filename = info.filename
    })
    .on('field', (name: string | undefined, text, { valueTruncated: isTruncated }) => {
      // FilePond sends a text field with the name of the file.
      form.hasText ||= name === FILE_FIELD
      try {
        if (name !== undefined) readField(form.fields, { name, text, isTruncated })
      } catch (error) {
        if (!(error instanceof TintypeError)) throw error
        fail(error)
      }
    })
    .on('filesLimit', () => fail(tooManyFiles()))
    .on('partsLimit', () => fail(malformed(new Error(`More than ${MAX_PARTS} parts`))))
  return form
}

async function* readForm(form: Form, chunks: AsyncIterable<Uint8Array>, maxUploadBytes: number) {
  const { parser } = form
  let formBytes = 0
  let fileBytes = 0
  try {
    for await (const chunk of chunks) {
      parser.write(chunk)
      if (form.problem) throw form.problem
      formBytes += chunk.length
      for (let piece = nextPiece(form); piece; piece = nextPiece(form)) {
        fileBytes += piece.length
        if (fileBytes > maxUploadBytes) throw fileTooLarge(maxUploadBytes)
        yield piece
      }
      if (formBytes - fileBytes > MAX_FORM_BYTES)
        throw malformed(new Error(`More than ${MAX_FORM_BYTES} bytes beside the file`))
    }
    parser.end()
    await finished(parser).catch((error) => {
      form.problem ??= malformed(error)
    })
    if (form.problem) throw form.problem
    if (!form.file || (!form.filename && fileBytes === 0)) throw form.hasText ? textField() : fileMissing()
  } finally {
    parser.destroy()
  }
}

const nextPiece = (form: Form): Buffer | null => form.file?.read() ?? null

/** @throws TintypeError `malformed_multipart` where the content type has no boundary */
export const createParser = (contentType: string, config: busboy.BusboyConfig): busboy.Busboy => {
  try {
    return busboy({ ...config, headers: { 'content-type': contentType }, defParamCharset: 'utf8' })
  } catch (error) {
    throw malformed(error)
  }
}

/** Name of the file. Browsers and curl escape quotes and line breaks in it, and nothing else (HTML, section 4.10.21.8). */
export const fileNameOf = (filename = ''): string | undefined =>
  cleanFileName(filename.replaceAll('%22', '"').replaceAll(/%0[ad]/gi, '')) || undefined

export const malformed = (cause: unknown): TintypeError =>
  new TintypeError('malformed_multipart', `Expected a complete multipart/form-data body: ${messageOf(cause)}.`, {
    cause,
  })

export const wrongField = (name: string | undefined): TintypeError => {
  const received = name === undefined ? 'a field without a name' : `field "${clip(name)}"`
  return new TintypeError('wrong_field', `Expected the file in field "${FILE_FIELD}", it came in ${received}.`, {
    details: { expected: FILE_FIELD, received: name === undefined ? null : clip(name) },
  })
}

export const textField = (): TintypeError =>
  new TintypeError(
    'file_missing',
    `Field "${FILE_FIELD}" came as text. It must be a file part, with a filename (curl -F ${FILE_FIELD}=@photo.jpg).`,
    { details: { field: FILE_FIELD, expected: 'a file part', received: 'a text field' } },
  )

export const fileMissing = (): TintypeError =>
  new TintypeError('file_missing', `Expected an image in field "${FILE_FIELD}", the form has no file.`, {
    details: { field: FILE_FIELD },
  })

const tooManyFiles = (): TintypeError =>
  new TintypeError('too_many_files', 'Expected one file, received more. Send each image in a request of its own.', {
    details: { max_files: 1 },
  })
