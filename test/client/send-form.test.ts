// Forms by XMLHttpRequest, which is a stand-in, and by fetch.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { type FormRequest, sendForm } from '../../src/client/send-form.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A platform whose XMLHttpRequest gets this answer. */
const answerByXhr = (status: number, responseText: string) => {
  const sent: FormData[] = []
  class Xhr extends EventTarget {
    withCredentials = false
    status = status
    responseText = responseText
    upload = new EventTarget()
    open() {}
    setRequestHeader() {}
    getAllResponseHeaders() {
      return 'x-request-id: r-1\r\n'
    }
    send(body: FormData) {
      sent.push(body)
      setTimeout(() => this.dispatchEvent(new Event('load')))
    }
    abort() {
      this.dispatchEvent(new Event('abort'))
    }
  }
  vi.stubGlobal('XMLHttpRequest', Xhr)
  return sent
}

const request = (more: Partial<FormRequest> = {}): FormRequest => {
  const form = new FormData()
  form.set('file', new Blob(['abc']))
  return {
    ...{ method: 'POST', url: 'http://server/projects/demo/images', headers: {}, form, total: 3 },
    ...{ cookies: undefined, fetch: undefined, signal: undefined, onProgress: () => {} },
    ...more,
  }
}

describe('a form by XMLHttpRequest', () => {
  it('resolves with its answer', async () => {
    const sent = answerByXhr(201, '{}')
    const loaded: number[] = []
    const response = await sendForm(request({ onProgress: (progress) => loaded.push(progress.loaded) }))
    expect([response.status, await response.text()]).toEqual([201, '{}'])
    expect(response.headers.get('X-Request-Id')).toBe('r-1')
    expect(loaded).toEqual([0, 3])
    expect(sent).toHaveLength(1)
  })

  it('is not sent where its signal has aborted, also by the first report', async () => {
    const sent = answerByXhr(201, '{}')
    const reason = new Error('enough')
    await expect(sendForm(request({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    const stop = new AbortController()
    const onProgress = () => stop.abort(reason)
    await expect(sendForm(request({ signal: stop.signal, onProgress }))).rejects.toBe(reason)
    expect(sent).toEqual([])
  })
  it.each([204, 304])('resolves with an answer of %i, which has no body', async (status) => {
    answerByXhr(status, '')
    const response = await sendForm(request())
    expect([response.status, response.body]).toEqual([status, null])
  })
})

describe('a form by fetch', () => {
  it.each([
    ['a stream in Node', [], 'ReadableStream'],
    ['itself in pages and workers', ['XMLHttpRequest'], 'FormData'],
    ['itself in service workers', ['ServiceWorkerGlobalScope'], 'FormData'],
  ] as const)('is %s', async (_what, globals, kind) => {
    for (const name of globals) vi.stubGlobal(name, class {})
    const bodies: (string | undefined)[] = []
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      bodies.push(init?.body?.constructor.name)
      return new Response('{}')
    }
    await sendForm(request({ fetch }))
    expect(bodies).toEqual([kind])
  })
})
