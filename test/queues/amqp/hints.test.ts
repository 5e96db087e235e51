import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAmqpConnection } from '../../../src/queues/amqp/connection.ts'
import { createAmqpHints } from '../../../src/queues/amqp/hints.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { METHODS, type ScriptedBroker, scriptedBroker } from '../../support/amqp/scripted.ts'

const WAIT = { timeout: 60_000, interval: 5 }
const EXCHANGE = 'test.hints'

/** A process of the store, once it is connected. */
const processOf = async ({ url }: ScriptedBroker, { isListening = true } = {}) => {
  const log = createLogger({ level: 'silent' })
  const connection = createAmqpConnection({ url, log, firstPauseMs: 10, longestPauseMs: 20 })
  onTestFinished(() => connection.close())
  const heard: string[] = []
  const onChanged = isListening ? { onChanged: (projectId: string) => void heard.push(projectId) } : {}
  const hints = createAmqpHints({ connection, prefix: async () => 'test', ...onChanged })
  connection.open()
  await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
  return { ...hints, heard, connection }
}

/** Resolves once a number of processes listen. */
const listening = (broker: ScriptedBroker, count: number) =>
  vi.waitFor(() => expect(broker.consumed()).toHaveLength(count), WAIT)

/** Two processes, of which the first has sent a hint that the broker has not confirmed. */
const twoWithUnconfirmed = async (broker: ScriptedBroker, projectId: string) => {
  const [one, two] = [await processOf(broker), await processOf(broker)]
  await listening(broker, 2)
  broker.holdConfirms(true)
  one.changed(projectId)
  await vi.waitFor(() => expect(two.heard).toEqual([projectId]), WAIT)
  return { one, two }
}

describe('hints of changes over a broker', () => {
  it('reach every other process that listens, and not the one that changed the project', async () => {
    const broker = await scriptedBroker()
    const [one, two, three] = [await processOf(broker), await processOf(broker), await processOf(broker)]
    await listening(broker, 3)
    one.changed('shop')
    await vi.waitFor(() => expect([two.heard, three.heard]).toEqual([['shop'], ['shop']]), WAIT)
    two.changed('Game')
    await vi.waitFor(() => expect([one.heard, three.heard]).toEqual([['Game'], ['shop', 'Game']]), WAIT)
    expect(two.heard).toEqual(['shop'])
  })

  it('come also from a process that does not listen, which has no queue', async () => {
    const broker = await scriptedBroker()
    const server = await processOf(broker)
    await listening(broker, 1)
    const worker = await processOf(broker, { isListening: false })
    await vi.waitFor(() => {
      worker.changed('shop')
      expect(server.heard).toContain('shop')
    }, WAIT)
    expect(broker.consumed()).toHaveLength(1)
    expect(broker.consumed()[0]).toMatch(/^test\.hints\.[0-9a-z]{16}$/)
  })

  it('are gathered while a message is under way, each once and 1,000 at most', async () => {
    const broker = await scriptedBroker()
    const { one, two } = await twoWithUnconfirmed(broker, 'first')
    for (let n = 0; n < 3000; n++) one.changed(`p${n % 1500}`)
    await sleep(20)
    expect(broker.published(EXCHANGE)).toHaveLength(1)
    broker.holdConfirms(false)
    await vi.waitFor(() => expect(two.heard).toHaveLength(1001), WAIT)
    expect(new Set(two.heard).size).toBe(1001)
    expect(broker.published(EXCHANGE)).toHaveLength(2)
    one.changed('last')
    await vi.waitFor(() => expect(two.heard.at(-1)).toBe('last'), WAIT)
  })

  it('are dropped while the broker is away, also one that was not confirmed, and go on once it is back', async () => {
    const broker = await scriptedBroker()
    const { one, two } = await twoWithUnconfirmed(broker, 'unconfirmed')
    broker.stop(true)
    await vi.waitFor(() => expect(one.connection.isConnected()).toBe(false), WAIT)
    for (let n = 0; n < 2000; n++) one.changed(`away${n}`)
    await sleep(20)
    broker.holdConfirms(false)
    broker.stop(false)
    await listening(broker, 2)
    await vi.waitFor(() => {
      one.changed('back')
      expect(two.heard).toContain('back')
    }, WAIT)
    expect(new Set(two.heard)).toEqual(new Set(['unconfirmed', 'back']))
    expect([one.connection.reconnects(), two.connection.reconnects()]).toEqual([1, 1])
  })

  it('that no process can have sent are ignored', async () => {
    const broker = await scriptedBroker()
    const one = await processOf(broker)
    await listening(broker, 1)
    for (const body of [
      'no json',
      '{}',
      '{"from":"x","projects":"shop"}',
      '{"from":"x","projects":[1]}',
      JSON.stringify({ from: 'x', projects: Array.from({ length: 1001 }, (_, n) => `p${n}`) }),
      // Any text: it is compared with the projects that are watched.
      '{"from":"x","projects":["../shop"]}',
    ])
      broker.publish(EXCHANGE, body)
    await vi.waitFor(() => expect(one.heard).toEqual(['../shop']), WAIT)
  })

  it('that the broker does not allow leave the connection as it is', async () => {
    const broker = await scriptedBroker()
    broker.refuse(METHODS.declareExchange)
    const one = await processOf(broker)
    one.changed('shop')
    await sleep(50)
    expect(one.connection.isConnected()).toBe(true)
    expect(broker.published(EXCHANGE)).toEqual([])
  })
})
