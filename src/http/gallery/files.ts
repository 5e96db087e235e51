// Files of the built gallery: read once, kept in memory with their compressed form (150 kB in all).

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { TintypeError } from '../../core/errors.ts'

export interface GalleryFile {
  bytes: Uint8Array<ArrayBuffer>
  /** The bytes as gzip. */
  compressed: Uint8Array<ArrayBuffer>
  etag: string
  type: string
}

export interface GalleryFiles {
  /** HTML of every page, with relative URLs of its files that begin with `./`. */
  page: string
  /** Scripts and styles by their names, which change with their content. */
  assets: ReadonlyMap<string, GalleryFile>
}

/** Where the build puts them, for sources and built files alike. */
const FOLDER = new URL('../../../dist/gallery/', import.meta.url)

const PAGE = 'index.html'

const TYPES = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
])

/** Reads the files at the first call. @throws TintypeError `busy` where they cannot be read now */
export const createGalleryFiles = (): (() => Promise<GalleryFiles>) => {
  let read: Promise<GalleryFiles> | undefined
  return () => {
    read ??= readAll().catch((cause: unknown) => {
      read = undefined
      throw new TintypeError('busy', 'The gallery cannot be read now.', { cause, retryAfterSeconds: 5 })
    })
    return read
  }
}

const readAll = async (): Promise<GalleryFiles> => {
  const names = await readdir(FOLDER)
  const page = await readFile(new URL(PAGE, FOLDER), 'utf8')
  const assets = names.flatMap((name) => {
    const type = TYPES.get(extname(name))
    return type === undefined ? [] : [assetOf(name, type)]
  })
  return { page, assets: new Map(await Promise.all(assets)) }
}

const assetOf = async (name: string, type: string): Promise<[string, GalleryFile]> => {
  const bytes = new Uint8Array(await readFile(fileURLToPath(new URL(name, FOLDER))))
  return [name, { bytes, compressed: await compress(bytes), etag: etagOf(bytes), type }]
}

/** @param data text, or the bytes of a file */
export const compress = async (data: string | Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await promisify(gzip)(data, { level: 9 }))

/** Weak: the compressed form has it too. */
export const etagOf = (data: string | Uint8Array): string =>
  `W/"${createHash('sha256').update(data).digest('base64url').slice(0, 22)}"`
