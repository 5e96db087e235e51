// Transport: sends requests with credentials, once more where they were renewed, and reads again where that may help.

import type { Credentials } from './credentials.ts'
import { connectionFailed, readError, TintypeClientError, textOf } from './error.ts'
import { isPassingAnswer, type Retry, unlessAborted, withRetry } from './retry.ts'

export interface TransportOptions {
  credentials: Credentials
  retry: Retry
  fetch: typeof fetch
}

export interface Transport {
  /**
   * Sends a request with credentials, and once more with others after a 401.
   *
   * @param attempt sends it with these headers. Called twice at most
   * @throws TintypeClientError `connection_failed`, or the reason of the signal
   */
  send(request: Target, attempt: (headers: Record<string, string>) => Promise<Response>): Promise<Response>
  /** `fetch` with credentials. What only reads is repeated when it fails and that may pass. */
  fetch(request: Request): Promise<Response>
}

export interface Target {
  method: string
  url: string
  signal?: AbortSignal | null | undefined
}

export const createTransport = ({ credentials, retry, fetch }: TransportOptions): Transport => {
  const send: Transport['send'] = async ({ method, url, signal }, attempt) => {
    const path = new URL(url).pathname
    const once = (headers: Record<string, string>): Promise<Response> =>
      attempt(headers).catch((error: unknown) => {
        if (signal?.aborted) throw signal.reason
        throw error instanceof TintypeClientError ? error : connectionFailed(error)
      })
    const headers = await unlessAborted(credentials.headersFor(method, path), signal)
    let response = await once(headers)
    if (response.status === 401 && credentials.canRenew(path)) {
      const others = await unlessAborted(credentials.renew(headers, method, path), signal)
      if (others) {
        await response.body?.cancel()
        response = await once(others)
      }
    }
    await credentials.learn(path, response)
    return response
  }

  const sendRequest = (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    return send(request, async (headers) => {
      // A body can be sent once. Firefox does not tell whether there is one.
      const copy = credentials.canRenew(pathname) ? request.clone() : new Request(request)
      for (const [name, value] of Object.entries(headers)) copy.headers.set(name, value)
      return whole(await fetch(copy), request.signal)
    })
  }

  return {
    send,

    fetch(request) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return sendRequest(request)
      return withRetry(
        async (isLast) => {
          const response = await sendRequest(request)
          if (isLast || !isPassingAnswer(response, retry)) return response
          throw await readError(response, request.signal)
        },
        { retry, signal: request.signal },
      )
    },
  }
}

/** JSON: but not as lines, which may come for a long time. */
const JSON_TYPE = /[/+]json/

/** Reads JSON and errors to their end, so that a connection that is lost within them fails the attempt. */
const whole = async (response: Response, signal: AbortSignal): Promise<Response> => {
  if (!response.ok || JSON_TYPE.test(response.headers.get('Content-Type') ?? '')) await textOf(response.clone(), signal)
  return response
}
