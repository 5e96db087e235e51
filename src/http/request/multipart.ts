// Multipart uploads: streams the one file of a form; the stream ends without an error only where the whole form is
// valid.

import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import busboy from 'busboy'
import { messageOf, TintypeError } from '../../core/errors.ts'
import { bytesText, clip } from '../../core/text.ts'
import { NO_OBSERVER, type Observer } from '../../telemetry/observer.ts'
import { bodyChunks, type Context } from '../context.ts'

/** Name of the form field that carries the file. */
const FILE_FIELD = 'file'

/** Limit of the parts of a form. Text fields are ignored. */
const MAX_PARTS = 32

/** Bytes of a text field that are read. */
const MAX_FIELD_BYTES = 1024

/** Limit of the bytes beside the file: boundaries, headers of parts (16 KiB at most in busboy), text fields. */
const MAX_FORM_BYTES = 64 * 1024

/**
 * Streams the file of an upload with backpressure, one chunk in memory. The stream throws where the form is invalid, at
 * the latest at its end: the consumer must then discard what it has read.
 *
 * @param maxUploadBytes limit of the file
 * @param observer counts all received bytes
 * @throws TintypeError at once: `multipart_required`, `malformed_multipart`, `upload_too_large`; from the stream:
 *   these, `file_missing`, `wrong_field`, `too_many_files`, `upload_aborted`
 */
export const receiveFile = (
  c: Context,
  maxUploadBytes: number,
  observer: Pick<Observer, 'received'> = NO_OBSERVER,
): AsyncIterable<Uint8Array> => {
  const contentType = c.req.header('content-type')
  if (contentType === undefined || !/^multipart\/form-data\s*(;|$)/i.test(contentType))
    throw new TintypeError(
      'multipart_required',
      `Expected multipart/form-data with the image in field "${FILE_FIELD}", received ${contentType ?? 'no Content-Type'}.`,
      { details: { expected: 'multipart/form-data', received: contentType ?? null } },
    )
  if (Number(c.req.header('content-length')) > maxUploadBytes + MAX_FORM_BYTES) throw tooLarge(maxUploadBytes)
  return readForm(openForm(contentType), counted(bodyChunks(c), observer), maxUploadBytes)
}

async function* counted(chunks: AsyncIterable<Uint8Array>, observer: Pick<Observer, 'received'>) {
  for await (const chunk of chunks) {
    observer.received(chunk.length)
    yield chunk
  }
}

interface Form {
  parser: busboy.Busboy
  /** The file, once its part has begun. */
  file?: Readable
  /** False where a browser sent the field without a chosen file. */
  named?: boolean
  /** First error of the form. */
  problem?: TintypeError
}

/** Creates a parser that works synchronously: after `write`, file and problem reflect the chunk. */
const openForm = (contentType: string): Form => {
  const form: Form = { parser: createParser(contentType) }
  const fail = (error: TintypeError) => {
    form.problem ??= error
  }
  form.parser
    .on('error', (error) => fail(malformed(error)))
    .on('file', (name: string | undefined, file, info: { filename?: string }) => {
      file.on('error', () => {})
      if (name !== FILE_FIELD) return fail(wrongField(name))
      form.file = file
      form.named = Boolean(info.filename)
    })
    .on('field', (name) => {
      if (name === FILE_FIELD) fail(textField())
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
        if (fileBytes > maxUploadBytes) throw tooLarge(maxUploadBytes)
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
    if (!form.file || (!form.named && fileBytes === 0)) throw fileMissing()
  } finally {
    parser.destroy()
  }
}

const nextPiece = (form: Form): Buffer | null => form.file?.read() ?? null

const createParser = (contentType: string): busboy.Busboy => {
  const limits = { files: 1, parts: MAX_PARTS + 1, fieldSize: MAX_FIELD_BYTES }
  try {
    return busboy({ headers: { 'content-type': contentType }, limits })
  } catch (error) {
    throw malformed(error)
  }
}

const malformed = (cause: unknown): TintypeError =>
  new TintypeError('malformed_multipart', `Expected a complete multipart/form-data body: ${messageOf(cause)}.`, {
    cause,
  })

const tooLarge = (maxBytes: number): TintypeError =>
  new TintypeError('upload_too_large', `Expected a file of at most ${bytesText(maxBytes)}.`, {
    details: { max_bytes: maxBytes },
  })

const wrongField = (name: string | undefined): TintypeError => {
  const received = name === undefined ? 'a field without a name' : `field "${clip(name)}"`
  return new TintypeError('wrong_field', `Expected the file in field "${FILE_FIELD}", it came in ${received}.`, {
    details: { expected: FILE_FIELD, received: name === undefined ? null : clip(name) },
  })
}

const textField = (): TintypeError =>
  new TintypeError(
    'file_missing',
    `Field "${FILE_FIELD}" came as text. It must be a file part, with a filename (curl -F ${FILE_FIELD}=@photo.jpg).`,
    { details: { field: FILE_FIELD, expected: 'a file part', received: 'a text field' } },
  )

const fileMissing = (): TintypeError =>
  new TintypeError('file_missing', `Expected an image in field "${FILE_FIELD}", the form has no file.`, {
    details: { field: FILE_FIELD },
  })

const tooManyFiles = (): TintypeError =>
  new TintypeError('too_many_files', 'Expected one file, received more. Send each image in a request of its own.', {
    details: { max_files: 1 },
  })
