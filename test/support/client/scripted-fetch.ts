// A `fetch` that answers as a test says, and keeps what it was sent.

export interface SentRequest {
  method: string
  path: string
  headers: Headers
  body: string
  signal: AbortSignal
}

export type Respond = (request: SentRequest, number: number) => Response | Promise<Response>

/** @param respond gets each request with its number, from 0 */
export const createScriptedFetch = (respond: Respond): { fetch: typeof fetch; sent: SentRequest[] } => {
  const sent: SentRequest[] = []
  return {
    sent,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { pathname, search } = new URL(request.url)
      const { method, headers } = request
      const number = sent.length
      const each = {
        method,
        path: pathname + search,
        headers,
        body: await request.clone().text(),
        signal: request.signal,
      }
      sent.push(each)
      request.signal.throwIfAborted()
      return respond(each, number)
    },
  }
}

export const jsonAnswer = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

/** A problem document. */
export const problemAnswer = (code: string, status: number, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ code, status, title: code, detail: code }), { status, headers })

/** An answer whose connection is lost within its body. */
export const cutAnswer = (text: string, status = 200, type = 'application/json'): Response => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
    },
    pull(controller) {
      controller.error(new TypeError('terminated'))
    },
  })
  return new Response(body, { status, headers: { 'Content-Type': type } })
}

/** A page of a proxy or captive portal. */
export const pageAnswer = (status = 200): Response =>
  new Response('<!doctype html><title>Sign in</title>', { status, headers: { 'Content-Type': 'text/html' } })
