// Archives: the pictures of a project as one ZIP file, whose length is known before its first byte.

import { makeZip, predictLength } from 'client-zip'
import { TintypeError } from '../../core/errors.ts'
import { filePathsOf } from '../../core/file-paths.ts'
import type { Size } from '../../core/names.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { ReadableFile, Store } from '../../stores/store.ts'

export interface ArchivesOptions {
  store: Pick<Store, 'project' | 'images' | 'statVariant' | 'openVariant'>
  /** Most archives that are open at once, in this process. @default 16 */
  maxOpen?: number
  /** Most images of an archive. @default 65534: more need a form of ZIP that not every program reads */
  maxImages?: number
}

export interface Archive {
  /** Length of the ZIP file. */
  bytes: number
  /** Begins to make it. Close it in every case. @throws TintypeError `busy` where too many are open */
  open(): OpenArchive
}

export interface OpenArchive {
  /**
   * The ZIP file in pieces. At most one picture is open, and nothing is read before a piece is requested but the next
   * piece of that picture.
   *
   * @throws (in the iteration) Error where an image was deleted, or its file has changed: the rest would not be what the
   *   length promised
   */
  pieces: AsyncIterator<Uint8Array<ArrayBuffer>, undefined>
  /** Closes the open picture. May be called more than once. Never throws. */
  close(): Promise<void>
}

export interface Archives {
  /**
   * Plans the archive of a state: the files and their lengths. Pictures are stored as they are, with the names of
   * {@link filePathsOf}. Undefined where the state is too old: read and authorize the project again.
   *
   * @throws TintypeError `too_many_images`, `project_damaged`
   */
  find(project: ReadableState, size: Size): Promise<Archive | undefined>
}

interface Entry {
  imageId: string
  name: string
  /** Bytes of the picture. */
  size: number
  lastModified: Date
}

/** Least length of a piece, but for the last one: heads of entries have a few bytes each. */
const PIECE_BYTES = 64 * 1024

export const createArchives = ({ store, maxOpen = 16, maxImages = 65_534 }: ArchivesOptions): Archives => {
  let open = 0

  const entriesOf = async (project: ReadableState, size: Size): Promise<Entry[] | undefined> => {
    const { project_id: projectId, revision } = project
    const images = await store.images(project)
    if (!images) return undefined
    const paths = filePathsOf(images)
    const entries: Entry[] = []
    for (const { id, created_at } of images) {
      // By the file and not by its record, which a repair may have left behind.
      const file = await store.statVariant(projectId, id, size)
      if (file)
        entries.push({ imageId: id, name: paths.get(id) ?? id, size: file.bytes, lastModified: new Date(created_at) })
      else if ((await store.project(projectId))?.revision === revision) throw damaged(projectId, id, size)
      else return undefined
    }
    return entries
  }

  const openArchive = (projectId: string, size: Size, entries: readonly Entry[]): OpenArchive => {
    if (open >= maxOpen)
      throw new TintypeError('busy', `Expected at most ${maxOpen} archives at once, ${open} are being sent.`, {
        retryAfterSeconds: 10,
      })
    open++
    let isClosed = false
    let file: ReadableFile | undefined

    async function* contentOf({ imageId, size: bytes }: Entry) {
      file = await store.openVariant(projectId, imageId, size)
      try {
        if (isClosed) return
        if (file?.bytes !== bytes) throw new Error(`image "${imageId}" was deleted or changed under its archive`)
        yield* file.read(0, bytes)
      } finally {
        await file?.close()
      }
    }
    const files = function* () {
      for (const entry of entries) yield { ...entry, input: contentOf(entry) }
    }
    const zip = makeZip(files()).getReader()
    return {
      pieces: gathered(zip),
      async close() {
        if (isClosed) return
        isClosed = true
        open--
        await zip.cancel().catch(() => {})
        await file?.close()
      },
    }
  }

  return {
    async find(project, size) {
      const { project_id: projectId, image_count: count } = project
      if (count > maxImages)
        throw new TintypeError(
          'too_many_images',
          `Expected at most ${maxImages} images for one archive, project "${projectId}" has ${count}.`,
          { details: { max_images: maxImages, images: count } },
        )
      const entries = await entriesOf(project, size)
      return entries && { bytes: Number(predictLength(entries)), open: () => openArchive(projectId, size, entries) }
    },
  }
}

/** Puts small pieces together. */
async function* gathered(zip: ReadableStreamDefaultReader<Uint8Array>) {
  let pieces: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { value, done } = await zip.read()
    if (value) {
      pieces.push(value)
      bytes += value.byteLength
    }
    if (bytes < PIECE_BYTES && !done) continue
    if (bytes > 0) yield Buffer.concat(pieces)
    if (done) return undefined
    pieces = []
    bytes = 0
  }
}

const damaged = (projectId: string, imageId: string, size: Size): TintypeError =>
  new TintypeError('project_damaged', `The ${size} variant of image "${imageId}" in project "${projectId}" is missing.`)
