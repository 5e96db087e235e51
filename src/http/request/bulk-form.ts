// Forms with many files: streams one file after another, each as soon as its part begins. Nothing of the form is read
// before it is needed, so that a form takes no more memory than an upload of one file.

import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Busboy } from 'busboy'
import { TintypeError } from '../../core/errors.ts'
import type { BulkFile } from '../../services/images/bulk-files.ts'
import { type BulkLimits, fileTooLarge, tooManyFiles, upTo } from '../../services/images/bulk-limits.ts'
import { type BulkFields, createBulkFields } from './bulk-fields.ts'
import { createParser, FILE_FIELD, fileMissing, fileNameOf, malformed, textField, wrongField } from './multipart.ts'
import { MAX_FIELD_BYTES } from './upload-fields.ts'

export interface BulkFiles {
  /**
   * The files in their order. The rest of a file is skipped when the next one is requested. A file that is too large, or in
   * a wrong field, throws as it is read, and harms no other.
   *
   * @throws TintypeError `malformed_multipart`, `file_missing`, `too_many_files`, `upload_too_large`, `invalid_parameter`;
   *   errors of the body. Files before it were complete.
   */
  files: AsyncIterable<BulkFile>
  /** Names of the text fields that have no meaning. Complete at the end of the files. */
  ignoredFields(): readonly string[]
}

/** Names of the field, the second in the manner of PHP. */
const FILE_FIELDS: ReadonlySet<string | undefined> = new Set([FILE_FIELD, `${FILE_FIELD}[]`])

/** Text fields for each file: every detail of it. */
const FIELDS_OF_FILE = 5
/** Text fields of all files: 50 tags, one each, and others. */
const FIELDS_OF_ALL = 64

/** Limit of the text fields together, in bytes. */
const MAX_TEXT_BYTES = 2 * 2 ** 20

interface Part {
  stream: Readable
  name: string | undefined
  details: BulkFile['details']
  /** Known once a later part has begun, or the form has ended. */
  hasEnded: boolean
  problem: TintypeError | undefined
}

interface Form {
  parser: Busboy
  fields: BulkFields
  /** Parts that have begun and were not given out. */
  parts: Part[]
  /** Number of parts with a file that have begun. */
  begun: number
  /** The last of them. */
  last?: Part
  /** True where the field of the file came as text. */
  hasText: boolean
  hasEnded: boolean
  /** First error of the form. */
  problem?: TintypeError
}

/**
 * @param contentType of the form
 * @throws TintypeError at once: `malformed_multipart`
 */
export const readBulkForm = (contentType: string, chunks: AsyncIterable<Uint8Array>, limits: BulkLimits): BulkFiles => {
  const form = openForm(contentType, limits)
  return { files: filesOf(form, chunks, limits), ignoredFields: form.fields.ignored }
}

/** Creates a parser that works synchronously: after `write`, parts, fields and problem reflect the chunk. */
const openForm = (contentType: string, { maxFiles }: BulkLimits): Form => {
  const maxFields = maxFiles * FIELDS_OF_FILE + FIELDS_OF_ALL
  const config = {
    limits: { fieldSize: MAX_FIELD_BYTES, fields: maxFields, parts: maxFiles + maxFields + 1 },
    // No backpressure inside of the parser, which would put off the rest of a chunk: each chunk is read whole before the next.
    fileHwm: Number.MAX_SAFE_INTEGER,
  }
  const form: Form = {
    parser: createParser(contentType, config),
    fields: createBulkFields(maxFiles),
    parts: [],
    begun: 0,
    hasText: false,
    hasEnded: false,
  }
  let textBytes = 0
  const fail = (error: TintypeError) => {
    form.problem ??= error
  }
  const endLast = () => {
    if (form.last) form.last.hasEnded = true
  }
  form.parser
    .on('error', (error) => fail(malformed(error)))
    .on('file', (field: string | undefined, stream, { filename }: { filename?: string }) => {
      stream.on('error', () => {})
      endLast()
      if (form.problem) return
      if (form.begun === maxFiles) return fail(tooManyFiles(maxFiles))
      const problem = FILE_FIELDS.has(field) ? undefined : wrongField(field)
      const name = fileNameOf(filename)
      const fields = form.fields.take(form.begun)
      const details = () => {
        const said = fields()
        return { ...said, name: said.name || name }
      }
      form.last = { stream, name, details, hasEnded: false, problem }
      form.parts.push(form.last)
      form.begun++
    })
    .on('field', (name: string | undefined, text, { valueTruncated: isTruncated }) => {
      endLast()
      form.hasText ||= FILE_FIELDS.has(name)
      textBytes += text.length
      if (textBytes > MAX_TEXT_BYTES)
        return fail(malformed(new Error(`More than ${MAX_TEXT_BYTES} bytes of text fields`)))
      try {
        if (name !== undefined) form.fields.read({ name, text, isTruncated }, form.begun)
      } catch (error) {
        if (!(error instanceof TintypeError)) throw error
        fail(error)
      }
    })
    .on('fieldsLimit', () => fail(malformed(new Error(`More than ${maxFields} text fields`))))
    .on('partsLimit', () => fail(malformed(new Error(`More than ${maxFiles + maxFields} parts`))))
  return form
}

async function* filesOf(
  form: Form,
  chunks: AsyncIterable<Uint8Array>,
  limits: BulkLimits,
): AsyncGenerator<BulkFile, void, void> {
  const source = upTo(limits.maxBytes, chunks)
  const readOn = createReadOn(form, source)
  try {
    while (!form.hasEnded || form.parts.length > 0) {
      const part = form.parts.shift()
      if (!part) {
        await readOn()
        continue
      }
      const { name, details } = part
      yield { name, details, content: contentOf(part, readOn, limits.maxUploadBytes) }
      for await (const _ of piecesOf(part, readOn));
    }
    if (form.problem) throw form.problem
    if (form.begun === 0) throw form.hasText ? textField() : fileMissing()
  } finally {
    form.parser.destroy()
    await source.return()
  }
}

/** Reads the next chunk of a form, or its end. @throws TintypeError the problem of the form, each time */
const createReadOn = (form: Form, source: AsyncIterator<Uint8Array>): (() => Promise<void>) => {
  const readOn = async (): Promise<void> => {
    const { done, value } = await source.next()
    if (done) {
      form.parser.end()
      await finished(form.parser).catch((error) => {
        form.problem ??= malformed(error)
      })
      form.hasEnded = true
      // The last file of a form that is cut is not whole.
      if (form.last && !form.problem) form.last.hasEnded = true
      return
    }
    form.parser.write(value)
  }

  return async () => {
    if (form.problem) throw form.problem
    try {
      await readOn()
    } catch (error) {
      if (error instanceof TintypeError) form.problem ??= error
      throw error
    }
  }
}

async function* contentOf(part: Part, readOn: () => Promise<void>, maxUploadBytes: number) {
  if (part.problem) throw part.problem
  yield* upTo(maxUploadBytes, piecesOf(part, readOn), fileTooLarge)
}

/** The pieces of a part that were not read yet. */
async function* piecesOf(part: Part, readOn: () => Promise<void>): AsyncGenerator<Buffer, void, void> {
  for (;;) {
    for (let piece = nextPiece(part); piece; piece = nextPiece(part)) yield piece
    if (part.hasEnded) return
    await readOn()
  }
}

const nextPiece = ({ stream }: Part): Buffer | null => stream.read()
