// Stored pictures for readers: small ones from memory, the others from their files.
//
// A picture in memory is never stale. It carries the revision of its project that it was last seen in, and is given out
// for no other: with a newer one, whoever committed it, the store is asked again whether the image is there.

import { LRUCache } from 'lru-cache'
import { TintypeError } from '../../core/errors.ts'
import { SIZES, type Size } from '../../core/names.ts'
import { unknownImage } from '../../core/not-found.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { ReadableFile, Store, StoredFile } from '../../stores/store.ts'

export interface PicturesOptions {
  store: Store
  /** Memory for small pictures, in bytes; 0 keeps none. @default 67108864 (64 MiB) */
  cacheBytes?: number
  /** Largest picture that is kept in memory, in bytes. @default 131072 (128 KiB) */
  maxBodyBytes?: number
}

export interface Picture {
  imageId: string
  size: Size
  bytes: number
  /** Of the file, in milliseconds since 1970. */
  modifiedMs: number
  /** {@link Store.pathBelowRoot}, undefined where the store has none. */
  path: string | undefined
  /** All of it, where it is in memory. */
  body: Buffer<ArrayBuffer> | undefined
  /**
   * All of it where it is small, and it stays in memory then; the open file where it is not.
   *
   * @throws TintypeError `image_not_found` where it was deleted since it was found
   */
  open(): Promise<Buffer<ArrayBuffer> | ReadableFile>
}

/** A picture in memory, and the state of its project that shows it to be there. */
export interface Seen {
  picture: Picture & { body: Buffer<ArrayBuffer> }
  project: ProjectState
}

export interface Pictures {
  /** Opens nothing. @param project newest state at the request @throws TintypeError `image_not_found` */
  find(project: ProjectState, imageId: string, size: Size): Promise<Picture>
  /**
   * A variant of the primary image. Undefined where that image was deleted since: read and authorize the project again.
   *
   * @throws TintypeError `no_primary_image`, `project_damaged`
   */
  findPrimary(project: ProjectState, size: Size): Promise<Picture | undefined>
  /**
   * Without a wait, where it is in memory and everybody may see it; the primary image where none is named. Undefined
   * says nothing.
   *
   * @param share see {@link Store.current}
   */
  peek(projectId: string, imageId: string | undefined, size: Size, share?: boolean): Seen | undefined
  /** Takes the small variants of a new image into memory. Never throws. */
  warm(project: ProjectState, image: ImageRecord): Promise<void>
  /** Lets go of a deleted image's memory. */
  forget(projectId: string, imageId: string): void
  /** Since the start: pictures given out from memory and not, and what is in it now. */
  stats(): { hits: number; misses: number; entries: number; bytes: number }
}

interface Kept extends Picture {
  body: Buffer<ArrayBuffer>
  /** Newest revision of the project in which the image was seen to be there. */
  revision: number
}

/** The objects around the bytes of one picture, about. */
const ENTRY_BYTES = 1000

/** Those that walls of covers and icons are made of. */
const WARMED = ['thumb', 'game'] as const satisfies Size[]

export const createPictures = (options: PicturesOptions): Pictures => {
  const { store } = options
  const cacheBytes = options.cacheBytes ?? 64 * 2 ** 20
  const maxBodyBytes = cacheBytes === 0 ? 0 : (options.maxBodyBytes ?? 128 * 1024)
  const kept = new LRUCache<string, Kept>({
    maxSize: Math.max(1, cacheBytes),
    sizeCalculation: ({ body }, key) => body.length + key.length * 2 + ENTRY_BYTES,
  })
  /** Reads under way: many who ask for the same picture wait for one of them. */
  const loads = new Map<string, Promise<Kept | undefined>>()
  const counts = { hits: 0, misses: 0 }

  const pathOf = (projectId: string, imageId: string, size: Size) => store.pathBelowRoot?.({ projectId, imageId, size })

  const read = async (project: ProjectState, imageId: string, size: Size): Promise<Kept | undefined> => {
    const file = await store.openVariant(project.project_id, imageId, size)
    if (!file) return undefined
    const body = await readWhole(file)
    const { bytes, modifiedMs } = file
    const path = pathOf(project.project_id, imageId, size)
    const open = () => Promise.resolve(body)
    return { imageId, size, bytes, modifiedMs, path, body, open, revision: project.revision }
  }

  const load = (project: ProjectState, imageId: string, size: Size): Promise<Kept | undefined> => {
    const key = keyOf(project.project_id, imageId, size)
    const underWay = loads.get(key)
    if (underWay) return underWay
    const loading = read(project, imageId, size)
      .then((entry) => {
        if (entry) kept.set(key, entry)
        return entry
      })
      .finally(() => loads.delete(key))
    loads.set(key, loading)
    return loading
  }

  const openFile = async (projectId: string, imageId: string, size: Size): Promise<ReadableFile> => {
    const file = await store.openVariant(projectId, imageId, size)
    if (!file) throw unknownImage(projectId, imageId)
    return file
  }

  /** @param project a state that was the newest when the call began */
  const findIn = async (project: ProjectState, imageId: string, size: Size): Promise<Picture | undefined> => {
    const { project_id, revision } = project
    const key = keyOf(project_id, imageId, size)
    const entry = kept.get(key)
    if (entry?.revision === revision) {
      counts.hits++
      return entry
    }
    const found = await store.findVariant(project_id, imageId, size)
    if (found && entry && renew(entry, found, revision)) {
      counts.hits++
      return entry
    }
    kept.delete(key)
    if (!found) return undefined
    counts.misses++
    const open = async () => {
      const small = found.bytes <= maxBodyBytes ? await load(project, imageId, size) : undefined
      return small?.body ?? openFile(project_id, imageId, size)
    }
    return { imageId, size, ...found, path: pathOf(project_id, imageId, size), body: undefined, open }
  }

  return {
    async find(project, imageId, size) {
      const picture = await findIn(project, imageId, size)
      if (!picture) throw unknownImage(project.project_id, imageId)
      return picture
    },

    async findPrimary(project, size) {
      const { project_id: projectId, primary_image_id: imageId, revision } = project
      if (imageId === null)
        throw new TintypeError('no_primary_image', `Project "${projectId}" has no image, so it has no cover.`)
      const picture = await findIn(project, imageId, size)
      if (!picture && (await store.project(projectId))?.revision === revision) throw damaged(projectId, imageId, size)
      return picture
    },

    peek(projectId, imageId, size, share) {
      const project = store.current(projectId, share)
      const id = imageId ?? project?.primary_image_id
      if (!project || !id || project.visibility === 'private') return undefined
      const picture = kept.get(keyOf(projectId, id, size))
      if (!picture) return undefined
      if (picture.revision !== project.revision) {
        const found = store.currentVariant(projectId, id, size, true)
        if (!found || !renew(picture, found, project.revision)) return undefined
      }
      counts.hits++
      return { picture, project }
    },

    async warm(project, image) {
      const small = WARMED.filter((size) => image.sizes[size].bytes <= maxBodyBytes)
      await Promise.allSettled(small.map((size) => load(project, image.id, size)))
    },

    forget(projectId, imageId) {
      for (const size of SIZES) kept.delete(keyOf(projectId, imageId, size))
    },

    stats: () => ({ ...counts, entries: kept.size, bytes: kept.calculatedSize }),
  }
}

/** Makes what is in memory good for a revision too. False where the file of that revision is another one. */
const renew = (entry: Kept, { bytes, modifiedMs }: StoredFile, revision: number): boolean => {
  if (entry.bytes !== bytes || entry.modifiedMs !== modifiedMs) return false
  entry.revision = revision
  return true
}

const keyOf = (projectId: string, imageId: string, size: Size): string => `${projectId}/${imageId}/${size}`

const damaged = (projectId: string, imageId: string, size: Size): TintypeError =>
  new TintypeError('project_damaged', `The ${size} variant of image "${imageId}" in project "${projectId}" is missing.`)

/** Reads all of a file and closes it. @throws Error where it became shorter since it was opened */
export const readWhole = async (file: ReadableFile): Promise<Buffer<ArrayBuffer>> => {
  try {
    const pieces: Uint8Array<ArrayBuffer>[] = []
    for await (const piece of file.read(0, file.bytes)) pieces.push(piece)
    const [first] = pieces
    if (first?.byteLength === file.bytes) return Buffer.from(first.buffer, first.byteOffset, first.byteLength)
    // Not from Node's pool, of which a small body would hold 8 KiB.
    const body = Buffer.allocUnsafeSlow(file.bytes)
    let at = 0
    for (const piece of pieces) {
      body.set(piece, at)
      at += piece.byteLength
    }
    return body
  } finally {
    await file.close()
  }
}
