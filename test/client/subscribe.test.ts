// Subscriptions by scripted streams.

import { describe, expect, it, vi } from 'vitest'
import { createTokenCredentials } from '../../src/client/credentials.ts'
import { createClient, type ProjectEvent, type SubscribeOptions, TintypeClientError } from '../../src/client/index.ts'
import { resolveRetry } from '../../src/client/retry.ts'
import { createSubscribe } from '../../src/client/subscribe.ts'
import { createTransport } from '../../src/client/transport.ts'
import { createScriptedFetch, cutAnswer, problemAnswer, type Respond } from '../support/client/scripted-fetch.ts'
import { PATIENCE } from '../support/vitest/patience.ts'

const stream = (...texts: string[]) =>
  new Response(texts.join(''), { headers: { 'Content-Type': 'text/event-stream' } })

/** Reconnects after a millisecond. */
const START = 'retry: 1\nid: 7\n\n'

const event = (revision: number, type = 'image.added', isLast = true) =>
  `event: ${type}\ndata: {"type":"${type}","project_id":"a","revision":${revision}}\n${isLast ? `id: ${revision}\n` : ''}\n`

const DELETED = event(99, 'project.deleted')

const follow = (respond: Respond, options: SubscribeOptions = {}, projects: string | string[] = 'a') => {
  const { fetch, sent } = createScriptedFetch(respond)
  const tintype = createClient({ baseUrl: 'http://server/media', fetch, token: 'key', retry: { longestWaitMs: 5 } })
  const events: ProjectEvent[] = []
  const subscription = tintype.subscribe(projects, (each) => void events.push(each), options)
  return { sent, events, subscription }
}

const positions = (sent: readonly { headers: Headers }[]) => sent.map(({ headers }) => headers.get('Last-Event-ID'))

describe('a subscription', () => {
  it('goes on behind the last revision that came whole', async () => {
    const { sent, events, subscription } = follow((_request, number) =>
      number === 0
        ? stream(START)
        : number === 1
          ? stream(START, event(8), event(9, 'image.added', false))
          : stream(event(9, 'image.added', false), event(9, 'image.deleted'), DELETED),
    )
    await subscription.ended
    expect(positions(sent)).toEqual([null, '7', '8'])
    expect(events.map(({ revision }) => revision)).toEqual([8, 9, 9, 9, 99])
    expect(subscription.position).toBe('99')
    expect(sent[0]?.path).toBe('/media/projects/a/events')
    expect(sent[0]?.headers.get('Authorization')).toBe('Bearer key')
  })

  it('begins at a position, and follows several projects beyond the deletion of one', async () => {
    const { sent, events, subscription } = follow(
      (_request, number) => (number === 0 ? stream(START, DELETED) : problemAnswer('forbidden', 403)),
      { since: '3.4' },
      ['a', 'b.c'],
    )
    await expect(subscription.ended).rejects.toMatchObject({ code: 'forbidden', status: 403 })
    expect(positions(sent)).toEqual(['3.4', '99'])
    expect(sent[0]?.path).toBe('/media/events?projects=a,b.c')
    expect(events).toHaveLength(1)
  })

  it('survives lost connections and answers that pass', async () => {
    const connections: boolean[] = []
    const { sent, subscription } = follow(
      (_request, number) => {
        if (number === 0) throw new TypeError('refused')
        if (number === 1) return problemAnswer('busy', 503, { 'Retry-After': '0' })
        if (number === 2) return new Response('<html>', { status: 502 })
        if (number === 3) return cutAnswer('{"code":', 503)
        return stream(START, DELETED)
      },
      { since: 0, onConnection: (isConnected) => void connections.push(isConnected) },
    )
    await subscription.ended
    expect(positions(sent)).toEqual(['0', '0', '0', '0', '0'])
    expect(connections).toEqual([true, false])
  })

  it.each([
    ['project_not_found', 404],
    ['invalid_parameter', 400],
    ['unauthenticated', 401],
  ] as const)('ends with %s', async (code, status) => {
    const { sent, subscription } = follow(() => problemAnswer(code, status))
    await expect(subscription.ended).rejects.toBeInstanceOf(TintypeClientError)
    expect(sent).toHaveLength(1)
  })

  it('whose end is not read does not end the program', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      const { sent } = follow(() => problemAnswer('forbidden', 403))
      await vi.waitFor(() => expect(sent).toHaveLength(1), PATIENCE)
      await new Promise((resolve) => setTimeout(resolve, 20))
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(unhandled).toEqual([])
  })

  it('hands events on one after the other, and none after it was closed', async () => {
    const { fetch } = createScriptedFetch(() => stream(START, event(8), event(9), event(10)))
    const tintype = createClient({ baseUrl: 'http://server', fetch })
    const steps: string[] = []
    const subscription = tintype.subscribe('a', async ({ revision }) => {
      steps.push(`begin ${revision}`)
      await new Promise((resolve) => setTimeout(resolve, 2))
      steps.push(`end ${revision}`)
      if (revision === 9) subscription.close()
    })
    await subscription.ended
    expect(steps).toEqual(['begin 8', 'end 8', 'begin 9', 'end 9'])
    expect(subscription.position).toBe('9')
  })

  it('takes a stream for lost that gives no sign of life', async () => {
    const silent = (signal: AbortSignal) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(START))
          signal.addEventListener('abort', () => controller.error(signal.reason))
        },
      })
    const { fetch, sent } = createScriptedFetch(({ signal }, number) =>
      number === 0 ? new Response(silent(signal)) : stream(DELETED),
    )
    const credentials = createTokenCredentials(undefined)
    const retry = resolveRetry({})
    const transport = createTransport({ credentials, retry, fetch })
    const shared = { base: 'http://server', cookies: undefined, transport, retry, fetch }
    await createSubscribe({ ...shared, silenceMs: 30 })('a', () => {}).ended
    expect(positions(sent)).toEqual([null, '7'])
  })

  it('ends without a request where its signal has aborted, and in a wait', async () => {
    const none = follow(() => stream(START), { signal: AbortSignal.abort() })
    await none.subscription.ended
    expect(none.sent).toEqual([])
    const { fetch } = createScriptedFetch(() => problemAnswer('busy', 503, { 'Retry-After': '3600' }))
    const stop = new AbortController()
    const { ended } = createClient({ baseUrl: 'http://server', fetch }).subscribe('a', () => {}, {
      signal: stop.signal,
    })
    setTimeout(() => stop.abort(), 20)
    await ended
  })
})
