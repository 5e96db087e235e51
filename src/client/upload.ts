// Uploads: one form with the file and its details, repeated with an Idempotency-Key where the connection fails.

import type { Credentials } from './credentials.ts'
import { errorOf, parsed, readError, textOf } from './error.ts'
import { type Retry, withRetry } from './retry.ts'
import type { components } from './schema.ts'
import { sendForm, type UploadProgress } from './send-form.ts'
import type { Transport } from './transport.ts'

type UploadedImage = components['schemas']['UploadedImage']

export interface UploadOptions {
  /** Name of the image. @default that of a `File`; that of a `Blob` is `blob`, as in forms */
  name?: string | undefined
  title?: string | undefined
  /** Alternative text. An empty one counts as none: mark a picture as decoration by editing the image. @default none */
  alt?: string | undefined
  tags?: readonly string[] | undefined
  /** Point that a crop keeps in view, from 0,0 (top left) to 1,1 (bottom right). */
  focalPoint?: { x: number; y: number } | undefined
  /** Stores or replaces the named asset instead of adding an image. @default none */
  asset?: string | undefined
  /** Returns the image that has this file already, if the project has one. @default false */
  dedupe?: boolean | undefined
  /**
   * Text that is unique to this upload. Give one that you keep, so that an upload goes on without doubles after a reload.
   *
   * @default a new one
   */
  idempotencyKey?: string | undefined
  /** Called as bytes are sent; where a platform cannot tell, only at the start and at the end. @default nothing */
  onProgress?: ((progress: UploadProgress) => void) | undefined
  /** @default none */
  signal?: AbortSignal | undefined
}

export interface UploaderOptions {
  base: string
  cookies: Credentials['cookies']
  transport: Pick<Transport, 'send'>
  retry: Retry
  /** Sends requests in place of `XMLHttpRequest` too. @default the platform's */
  fetch?: typeof fetch | undefined
}

export type Upload = (projectId: string, file: Blob, options?: UploadOptions) => Promise<UploadedImage>

export const createUpload =
  ({ base, cookies, transport, retry, fetch }: UploaderOptions): Upload =>
  async (projectId, file, options = {}) => {
    const { asset, dedupe = false, idempotencyKey = randomKey(), onProgress, signal } = options
    const project = `${base}/projects/${encodeURIComponent(projectId)}`
    const path = asset === undefined ? '/images' : `/assets/${encodeURIComponent(asset)}`
    const method = asset === undefined ? 'POST' : 'PUT'
    const url = `${project}${path}${dedupe ? '?dedupe=true' : ''}`
    const form = formOf(file, options)

    const attempt = async (): Promise<UploadedImage> => {
      const response = await transport.send({ method, url, signal }, (headers) =>
        sendForm({
          ...{ method, url, form, signal, cookies, fetch, onProgress },
          headers: { ...headers, 'Idempotency-Key': idempotencyKey },
          total: file.size,
        }),
      )
      if (!response.ok) throw await readError(response, signal)
      const image = parsed(await textOf(response, signal))
      if (!isUploadedImage(image)) throw errorOf(response, undefined)
      return image
    }
    return withRetry(attempt, { retry, signal })
  }

/** A proxy may answer with a page of its own. */
const isUploadedImage = (body: unknown): body is UploadedImage =>
  typeof body === 'object' && body !== null && 'image_id' in body

const formOf = (file: Blob, { name, title, alt, tags, focalPoint }: UploadOptions): FormData => {
  const form = new FormData()
  const fields = { name, title, alt, focal_point: focalPoint && JSON.stringify(focalPoint) }
  for (const [field, text] of Object.entries(fields)) if (text !== undefined) form.set(field, text)
  if (tags) form.set('tags', JSON.stringify(tags))
  // Last, so that the server knows the details before the file.
  form.set('file', file)
  return form
}

/** Pages over plain HTTP have no `crypto.randomUUID`. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
