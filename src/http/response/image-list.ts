// Bodies of image lists: short ones as one text, long ones in pieces, made as the client reads them.

import type { ImageRecord } from '../../core/project/model.ts'
import type { Context } from '../context.ts'
import type { PrimaryView } from '../schemas/images.ts'

export interface ImageListBody {
  project: PrimaryView
  images: readonly ImageRecord[]
  /** The image as answers show it. */
  view(image: ImageRecord): object
  /** URL of the next page. */
  next: string | null
}

/**
 * Most images of a list that is made at once. An image has about 2 KB, so that ten requests for a list of 10,000 would
 * need 200 MB.
 */
const MOST_AT_ONCE = 1000

/** Images of one piece of a long list. */
const PIECE_LENGTH = 128

/** The whole text of a short list; undefined for a long one. */
export const wholeList = (list: ImageListBody): Buffer<ArrayBuffer> | undefined =>
  list.images.length > MOST_AT_ONCE ? undefined : Buffer.from([...piecesOf(list)].join(''))

/** Streams a list at the pace of the client. Its bytes are counted at the end. */
export const streamedList = (c: Context, list: ImageListBody): ReadableStream<Uint8Array> => {
  const pieces = piecesOf(list)
  let end: (bytes: number) => void = () => {}
  c.set(
    'streamedBytes',
    new Promise((resolve) => {
      end = resolve
    }),
  )
  let bytes = 0
  return new ReadableStream(
    {
      pull(controller) {
        const { value: piece } = pieces.next()
        if (piece === undefined) {
          controller.close()
          end(bytes)
          return
        }
        const chunk = Buffer.from(piece)
        bytes += chunk.length
        controller.enqueue(chunk)
      },
      cancel: () => end(bytes),
    },
    // Nothing is made before a piece is requested.
    { highWaterMark: 0 },
  )
}

function* piecesOf({ project, images, view, next }: ImageListBody): Generator<string, undefined> {
  yield `${JSON.stringify(project).slice(0, -1)},"images":[`
  for (let at = 0; at < images.length; at += PIECE_LENGTH) {
    const views = images.slice(at, at + PIECE_LENGTH).map((image) => JSON.stringify(view(image)))
    yield (at === 0 ? '' : ',') + views.join(',')
  }
  yield `],"next":${JSON.stringify(next)}}`
}
