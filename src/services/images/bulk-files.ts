// Files of one request: received one after another, each with an outcome of its own.

import type { ImageDetails } from '../../core/project/image-details.ts'
import type { UploadOptions } from './upload.ts'
import type { UploadedImage } from './upload-answers.ts'

export interface BulkFile {
  /** Undefined where it has none. */
  name: string | undefined
  /** See {@link UploadOptions.details}. */
  details(): ImageDetails
  /** Why the file is passed over unread. @default it is uploaded */
  skipped?: 'hidden' | 'not_a_file' | undefined
  /** May be read in part, or not at all. */
  content: AsyncIterable<Uint8Array>
}

export interface BulkUploadOptions
  extends Pick<UploadOptions, 'by' | 'signal' | 'confirm' | 'idempotencyKey' | 'dedupe'> {
  /** Ends the request before its next file. Those that were received are stored. @default never */
  stop?: AbortSignal
}

/** The outcome of one file. */
export interface BulkOutcome<Result = { uploaded: UploadedImage }> {
  /** Place among the files of the request, from 0. */
  index: number
  name: string | undefined
  /** The image, the error of the upload, or why there was none. */
  result: Result | { error: unknown } | { skipped: NonNullable<BulkFile['skipped']> }
}

export interface BulkUploaded<Report> {
  /** One for each file, in their order. */
  reports: Report[]
  /** Why no further files were received, in a wrapper, as anything can be thrown. */
  broken?: { error: unknown }
}

/** Work on one file that has begun. */
export interface BegunFile<Result> {
  /** Resolves once the next file may be read. Never rejects. */
  received: Promise<unknown>
  done: Promise<Result>
}

/**
 * Receives the files of a request one after another. Never rejects: where they cannot be read to their end, `broken` says
 * why.
 *
 * @param begin begins the work on a file; the key is that of the file
 * @param report called once the work on a file has ended
 */
export const receiveEach = async <Result, Report>(
  files: AsyncIterable<BulkFile>,
  begin: (file: BulkFile, idempotencyKey: string | undefined) => BegunFile<Result> | Promise<BegunFile<Result>>,
  report: (outcome: BulkOutcome<Result>) => Report,
  { stop, signal, idempotencyKey: key }: Pick<BulkUploadOptions, 'stop' | 'signal' | 'idempotencyKey'>,
): Promise<BulkUploaded<Report>> => {
  const reports: Promise<Report>[] = []
  let broken: { error: unknown } | undefined
  try {
    for await (const file of files) {
      const index = reports.length
      const { name, skipped } = file
      if (skipped) {
        reports.push(Promise.resolve(report({ index, name, result: { skipped } })))
        continue
      }
      const { received, done } = await begin(file, key === undefined ? undefined : keyOfFile(key, index))
      reports.push(
        done.then(
          (result) => report({ index, name, result }),
          (error: unknown) => report({ index, name, result: { error } }),
        ),
      )
      await received
      stop?.throwIfAborted()
      signal?.throwIfAborted()
    }
  } catch (error) {
    broken = { error }
  }
  return { reports: await Promise.all(reports), broken }
}

/** No key of a client has a line break, so that no other upload has this one. */
const keyOfFile = (key: string, index: number): string => `${key}\n${index}`

interface Event {
  happened: Promise<void>
  /** May be called again. */
  happen(): void
}

export const createEvent = (): Event => {
  let happen = () => {}
  const happened = new Promise<void>((resolve) => {
    happen = resolve
  })
  return { happened, happen }
}
