// Sends a form with progress: by XMLHttpRequest where there is one, else as a stream that counts what is read of it.

import type { Credentials } from './credentials.ts'
import { platform } from './platform.ts'

export interface UploadProgress {
  /** Bytes of the file that have been sent. Back at 0 where an upload is repeated. */
  loaded: number
  /** Length of the file in bytes. */
  total: number
}

export interface FormRequest {
  method: string
  url: string
  headers: Record<string, string>
  form: FormData
  cookies: Credentials['cookies']
  /** Sends the request in place of the platform's ways. @default none */
  fetch: typeof fetch | undefined
  signal: AbortSignal | undefined
  onProgress: ((progress: UploadProgress) => void) | undefined
  /** Length of the file in the form, in bytes. */
  total: number
}

/** Takes the bytes of the form that have been sent so far. */
type Report = (bytes: number) => void

/** Sends a form once. @throws the reason of the signal, or the failure of the connection */
export const sendForm = async (request: FormRequest): Promise<Response> => {
  const { fetch, onProgress, total } = request
  if (!onProgress) return sendPlain(request)
  let last = -1
  const report: Report = (bytes) => {
    // The form is longer than its file.
    const loaded = Math.min(bytes, total)
    if (loaded > last) onProgress({ loaded, total })
    last = Math.max(last, loaded)
  }
  report(0)
  const send = !fetch && platform.XMLHttpRequest ? sendByXhr : canStream() ? sendCounted : sendPlain
  const response = await send(request, report)
  if (response.ok) report(total)
  return response
}

/** Browsers stream requests over HTTP/2 only. */
const canStream = (): boolean => !platform.XMLHttpRequest && !platform.ServiceWorkerGlobalScope

const sendPlain = ({ fetch = globalThis.fetch, url, form, ...request }: FormRequest): Promise<Response> =>
  fetch(url, { ...initOf(request), body: form })

const sendCounted = ({ fetch = globalThis.fetch, url, form, ...request }: FormRequest, report: Report) => {
  // Writes the form as a body with its boundary.
  const written = new Response(form)
  let bytes = 0
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length
      report(bytes)
      controller.enqueue(chunk)
    },
  })
  const init = initOf(request)
  const headers = { ...init.headers, 'Content-Type': written.headers.get('Content-Type') ?? '' }
  const streamed = { ...init, headers, body: written.body?.pipeThrough(counter) ?? null, duplex: 'half' as const }
  return fetch(url, streamed)
}

const initOf = ({
  method,
  headers,
  cookies,
  signal,
}: Pick<FormRequest, 'method' | 'headers' | 'cookies' | 'signal'>) => ({
  method,
  headers,
  ...(cookies && { credentials: cookies }),
  ...(signal && { signal }),
})

const sendByXhr = ({ method, url, headers, form, cookies, signal }: FormRequest, report: Report): Promise<Response> =>
  new Promise((resolve, reject) => {
    // The first report of progress may have aborted it.
    signal?.throwIfAborted()
    const xhr = new (platform.XMLHttpRequest ?? unavailable())()
    const stop = () => xhr.abort()
    const end = () => signal?.removeEventListener('abort', stop)
    xhr.upload.addEventListener('progress', ({ loaded }) => report(loaded))
    xhr.addEventListener('load', () => {
      end()
      const headers = headersIn(xhr.getAllResponseHeaders())
      // Some statuses allow no body, not even an empty one.
      resolve(new Response(xhr.responseText || null, { status: xhr.status, headers }))
    })
    for (const type of ['error', 'abort'] as const)
      xhr.addEventListener(type, () => {
        end()
        reject(new TypeError('The upload failed'))
      })
    xhr.open(method, url)
    xhr.withCredentials = cookies === 'include'
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
    signal?.addEventListener('abort', stop, { once: true })
    xhr.send(form)
  })

const unavailable = (): never => {
  throw new TypeError('there is no XMLHttpRequest')
}

/** @param text lines of `name: value` */
const headersIn = (text: string): Headers => {
  const headers = new Headers()
  for (const [, name = '', value = ''] of text.matchAll(/^([^:\r\n]+): *(.*?)\r?$/gm)) headers.append(name, value)
  return headers
}
