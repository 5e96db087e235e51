// Bodies of image lists: short ones as one text, long ones in pieces, made as the client reads them.

import type { PendingImage } from '../../core/jobs/pending.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { Context } from '../context.ts'
import type { HashesView, PrimaryView } from '../schemas/images/images.ts'

export interface ImageListBody {
  project: PrimaryView
  images: readonly ImageRecord[]
  /** The image as answers show it. */
  view(image: ImageRecord): object
  /** URL of the next page. */
  next: string | null
  /** @default not shown */
  pending?: readonly PendingImage[]
}

/**
 * Most images of a list that is made at once. An image has about 2 KB, so that ten requests for a list of 10,000 would
 * need 200 MB.
 */
const MOST_AT_ONCE = 1000

/** Images of one piece of a long list. */
const PIECE_LENGTH = 128

/** Hashes of the files of an image, for lists that show them. */
export const hashesOf = ({ sha256: upload, sizes }: ImageRecord): HashesView => {
  const { original, medium, thumb, game, source } = sizes
  return {
    upload,
    original: original.sha256,
    medium: medium.sha256,
    thumb: thumb.sha256,
    game: game.sha256,
    ...(source ? { source: source.sha256 } : {}),
  }
}

/** The whole text of a short list; undefined for a long one. */
export const wholeList = (list: ImageListBody): Buffer<ArrayBuffer> | undefined =>
  list.images.length > MOST_AT_ONCE ? undefined : Buffer.from([...piecesOf(list)].join(''))

/** Streams a list at the pace of the client. */
export const streamedList = (c: Context, list: ImageListBody): ReadableStream<Uint8Array> => streamed(c, piecesOf(list))

/** Streams a text, each piece made when the client takes it. Its bytes are counted at the end. */
export const streamed = (c: Context, pieces: Iterator<string, undefined>): ReadableStream<Uint8Array> => {
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

function* piecesOf({ project, images, view, next, pending }: ImageListBody): Generator<string, undefined> {
  yield `${JSON.stringify(project).slice(0, -1)},"images":[`
  for (let at = 0; at < images.length; at += PIECE_LENGTH) {
    const views = images.slice(at, at + PIECE_LENGTH).map((image) => JSON.stringify(view(image)))
    yield (at === 0 ? '' : ',') + views.join(',')
  }
  const shown = pending?.map(({ id, createdAt }) => ({ id, created_at: createdAt }))
  yield `],"next":${JSON.stringify(next)}${shown ? `,"pending":${JSON.stringify(shown)}` : ''}}`
}
