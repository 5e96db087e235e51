import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAmqpCallServer } from '../../../src/queues/amqp/call-server.ts'
import { type AmqpCallsOptions, createAmqpCalls } from '../../../src/queues/amqp/calls.ts'
import { createAmqpConnection } from '../../../src/queues/amqp/connection.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { newGate } from '../../support/gate.ts'
import { freePort } from '../../support/net/ports.mjs'
import { createRabbitMq, lacksRabbitMq, type RabbitMq } from '../../support/processes/rabbitmq.ts'

const WAIT = { timeout: 60_000, interval: 10 }
const RESTART_MS = 180_000
/** Longer than any test. */
const LONG_MS = 300_000

const LANES = ['upload', 'prefetch'] as const
type Lane = (typeof LANES)[number]

const log = createLogger({ level: 'silent' })

const connectTo = (url: string) => {
  const connection = createAmqpConnection({ url, log, firstPauseMs: 20, longestPauseMs: 200 })
  onTestFinished(() => connection.close())
  connection.open()
  return connection
}

describe.skipIf(lacksRabbitMq('AMQP calls'))('calls over RabbitMQ', () => {
  let broker: RabbitMq
  let stores = 0
  beforeAll(async () => {
    broker = await createRabbitMq()
    await broker.start()
  }, RESTART_MS)
  afterAll(() => broker.remove())

  const newPrefix = (): string => `calls.${stores++}`

  const caller = async (name: string, options: Partial<AmqpCallsOptions<Lane>> = {}) => {
    const connection = connectTo(broker.url)
    const times = { waitMs: LONG_MS, workMs: LONG_MS }
    const calls = createAmqpCalls<Lane>({ connection, prefix: async () => name, lanes: LANES, ...times, ...options })
    await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
    return { ...calls, connection }
  }

  type Handle = (content: unknown, lane: Lane) => Promise<object>

  const serve = async (name: string, handle: Handle, replyMs?: number) => {
    const connection = connectTo(broker.url)
    const server = createAmqpCallServer<Lane>({
      connection,
      prefix: async () => name,
      lanes: LANES,
      replyMs,
      atOnce: 2,
      handle: (content, { lane }) => handle(content, lane),
    })
    await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
    return { ...server, connection }
  }

  it('sends each request to one process, and its reply to the one that called', async () => {
    const name = newPrefix()
    const seen: string[] = []
    for (const server of ['a', 'b'])
      await serve(name, async (content, lane) => {
        seen.push(`${JSON.stringify(content)} ${lane}`)
        return { server, content }
      })
    const [one, two] = [await caller(name), await caller(name)]
    const replies = await Promise.all([
      one.call({ n: 1 }, { lane: 'upload' }),
      one.call({ n: 2 }, { lane: 'prefetch' }),
      two.call({ n: 3 }, { lane: 'upload' }),
    ])
    expect(replies).toMatchObject([{ content: { n: 1 } }, { content: { n: 2 } }, { content: { n: 3 } }])
    expect(seen.sort()).toEqual(['{"n":1} upload', '{"n":2} prefetch', '{"n":3} upload'])
  })

  it('works on as many requests of a lane as allowed at once, and lets none wait for those of another one', async () => {
    const name = newPrefix()
    const gate = newGate()
    const begun: unknown[] = []
    await serve(name, async (content, lane) => {
      begun.push(content)
      if (lane === 'prefetch') await gate.opened
      return {}
    })
    const calls = await caller(name)
    const slow = [1, 2, 3].map((n) => calls.call({ n }, { lane: 'prefetch' }))
    await vi.waitFor(() => expect(begun).toEqual([{ n: 1 }, { n: 2 }]), WAIT)
    await calls.call({ n: 4 }, { lane: 'upload' })
    expect(begun).toEqual([{ n: 1 }, { n: 2 }, { n: 4 }])
    // Work of more than a moment is reported.
    await vi.waitFor(() => expect(calls.waitingOf('prefetch')).toBe(1), WAIT)
    gate.open()
    await Promise.all(slow)
    expect(calls.waitingOf('prefetch')).toBe(0)
  })

  it('is busy where no process begins in time, or ends in time', async () => {
    const name = newPrefix()
    const calls = await caller(name, { waitMs: 1000, workMs: 50 })
    await expect(calls.call({}, { lane: 'upload' })).rejects.toMatchObject({
      code: 'busy',
      message: 'No encoder has begun within 1 s.',
      retryAfterSeconds: 5,
    })
    const gate = newGate()
    await serve(name, () => gate.opened.then(() => ({})))
    await expect(calls.call({}, { lane: 'upload', waitMs: undefined })).rejects.toMatchObject({
      code: 'busy',
      message: 'The process that makes the picture has not ended in time.',
    })
    gate.open()
  })

  it('ends a call that is given up while it waits, not one that has begun, unless it may', async () => {
    const name = newPrefix()
    const calls = await caller(name)
    const [waiting, begun, light] = [new AbortController(), new AbortController(), new AbortController()]
    const given = calls.call({}, { lane: 'upload', signal: waiting.signal })
    waiting.abort(new Error('gone'))
    await expect(given).rejects.toThrow('gone')
    await expect(calls.call({}, { lane: 'upload', signal: waiting.signal })).rejects.toThrow('gone')
    const gate = newGate()
    await serve(name, () => gate.opened.then(() => ({ done: true })))
    const kept = calls.call({}, { lane: 'prefetch', signal: begun.signal })
    const left = calls.call({}, { lane: 'prefetch', signal: light.signal, isLeft: true })
    await vi.waitFor(() => expect(calls.waitingOf('prefetch')).toBe(0), WAIT)
    begun.abort(new Error('too late'))
    light.abort(new Error('light'))
    await expect(left).rejects.toThrow('light')
    gate.open()
    expect(await kept).toEqual({ done: true })
  })

  it('hands a request out again whose process is gone', async () => {
    const name = newPrefix()
    const calls = await caller(name)
    const never = newGate()
    const first = await serve(name, () => never.opened.then(() => ({ by: 'first' })))
    const reply = calls.call({}, { lane: 'upload' })
    await vi.waitFor(() => expect(calls.waitingOf('upload')).toBe(0), WAIT)
    // As where it is killed.
    await first.connection.close()
    await serve(name, async () => ({ by: 'second' }))
    expect(await reply).toEqual({ by: 'second' })
    never.open()
  })

  it(
    'goes on after a kill of the broker: sends waiting requests again, and the replies of those that have begun',
    async () => {
      const name = newPrefix()
      const calls = await caller(name, { graceMs: 1 })
      const gate = newGate()
      const server = await serve(name, (content) => gate.opened.then(() => ({ content })))
      const begun = [1, 2].map((n) => calls.call({ n }, { lane: 'upload' }))
      await vi.waitFor(() => expect(calls.waitingOf('upload')).toBe(0), WAIT)
      const waiting = calls.call({ n: 3 }, { lane: 'upload' })
      await broker.kill()
      await vi.waitFor(() => expect(() => calls.assertReachable()).toThrow('The broker of the encoders'), WAIT)
      gate.open()
      await broker.start()
      expect(await Promise.all([...begun, waiting])).toEqual([1, 2, 3].map((n) => ({ content: { n } })))
      calls.assertReachable()
      await server.close()
    },
    RESTART_MS,
  )

  it('refuses calls at once while the broker takes no messages, and closes', { timeout: RESTART_MS }, async () => {
    const name = newPrefix()
    const calls = await caller(name)
    const gate = newGate()
    const server = await serve(name, () => gate.opened.then(() => ({})), 500)
    const call = calls.call({}, { lane: 'upload', isLeft: true, signal: AbortSignal.timeout(LONG_MS) })
    call.catch(() => {})
    await vi.waitFor(() => expect(calls.waitingOf('upload')).toBe(0), WAIT)
    await broker.block(true)
    try {
      gate.open()
      const second = calls.call({}, { lane: 'upload', waitMs: 1000 })
      await expect(second).rejects.toThrow('takes no messages')
      expect(calls.connection.isConnected()).toBe(false)
      expect(() => calls.assertReachable()).toThrow('takes no messages')
      await server.close()
    } finally {
      await broker.block(false)
    }
    await vi.waitFor(() => expect(calls.connection.isConnected()).toBe(true), WAIT)
    calls.assertReachable()
  })

  it('waits for a broker that is away for a moment, and refuses calls at once where it is away for longer', async () => {
    const connection = connectTo(`amqp://127.0.0.1:${await freePort()}`)
    const calls = createAmqpCalls<Lane>({
      connection,
      prefix: async () => 'away',
      lanes: LANES,
      waitMs: 300,
      workMs: LONG_MS,
      graceMs: 200,
    })
    calls.assertReachable()
    await expect(calls.call({}, { lane: 'upload' })).rejects.toMatchObject({
      code: 'busy',
      message: 'The broker of the encoders cannot be reached.',
    })
    expect(() => calls.assertReachable()).toThrow('The broker of the encoders cannot be reached.')
  })

  it('ends waiting calls when it closes, and waits for those that have begun', async () => {
    const name = newPrefix()
    const calls = await caller(name)
    const waiting = calls.call({}, { lane: 'prefetch' })
    const gate = newGate()
    const server = createAmqpCallServer({
      connection: connectTo(broker.url),
      prefix: async () => name,
      lanes: ['upload'],
      atOnce: 1,
      handle: () => gate.opened.then(() => ({ done: true })),
    })
    const begun = calls.call({}, { lane: 'upload' })
    await vi.waitFor(() => expect(calls.waitingOf('upload')).toBe(0), WAIT)
    const closed = calls.close()
    await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' })
    await expect(calls.call({}, { lane: 'upload' })).rejects.toMatchObject({ code: 'shutting_down' })
    const ended = server.close()
    await sleep(50)
    gate.open()
    expect(await begun).toEqual({ done: true })
    await Promise.all([closed, ended])
  })
})
