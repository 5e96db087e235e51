import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAmqpConnection } from '../../../src/queues/amqp/connection.ts'
import { createAmqpHints } from '../../../src/queues/amqp/hints.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { freePort } from '../../support/net/ports.mjs'
import { createRabbitMq, lacksRabbitMq, type RabbitMq } from '../../support/processes/rabbitmq.ts'

const WAIT = { timeout: 60_000, interval: 20 }

/** Longest time for a start of the broker beside other tests. */
const RESTART_MS = 180_000

const openLog = () => {
  let text = ''
  const write = (line: string) => {
    text += line
  }
  const log = createLogger({ level: 'debug', destination: { write } })
  return { log, text: () => text }
}

const opened = (url: string) => {
  const { log, text } = openLog()
  const connection = createAmqpConnection({ url, log, firstPauseMs: 20, longestPauseMs: 200 })
  onTestFinished(() => connection.close())
  connection.open()
  return { connection, text }
}

describe.skipIf(lacksRabbitMq('AMQP'))('a connection to RabbitMQ', () => {
  let broker: RabbitMq
  beforeAll(async () => {
    broker = await createRabbitMq()
    await broker.start()
  }, RESTART_MS)
  afterAll(() => broker.remove())

  it('opens channels, and publishes with confirms', async () => {
    const { connection } = opened(broker.url)
    const received: string[] = []
    const channel = connection.addChannel('greetings', async (open) => {
      await open.assertQueue('greetings', { exclusive: true })
      await open.consume('greetings', (message) => void received.push(String(message?.content)), { noAck: true })
    })
    expect(await channel.publish('greetings', {})).toBe(false)
    await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
    expect(await channel.publish('greetings', { text: 'hello' })).toBe(true)
    await vi.waitFor(() => expect(received).toEqual(['{"text":"hello"}']), WAIT)
    await connection.close()
    expect(connection.isConnected()).toBe(false)
    expect(await channel.publish('greetings', {})).toBe(false)
  })

  it('opens a channel again that the broker has closed, and no other one', async () => {
    const { connection, text } = opened(broker.url)
    let [setups, others] = [0, 0]
    const channel = connection.addChannel('closed', async () => void setups++)
    connection.addChannel('other', async () => void others++)
    await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
    await expect(channel.current()?.checkQueue('missing')).rejects.toThrow('NOT_FOUND')
    await vi.waitFor(() => expect(setups).toBe(2), WAIT)
    await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
    expect(others).toBe(1)
    expect(text()).toContain('a channel to the broker was closed')
  })

  it('carries hints of changes to the other processes', async () => {
    const processes = ['one', 'two'].map(() => {
      const { connection } = opened(broker.url)
      const heard: string[] = []
      const onChanged = (projectId: string) => void heard.push(projectId)
      return { ...createAmqpHints({ connection, prefix: async () => 'store', onChanged }), heard }
    })
    const [one, two] = processes
    await vi.waitFor(() => {
      one?.changed('one')
      two?.changed('two')
      expect([one?.heard, two?.heard]).toEqual([expect.arrayContaining(['two']), expect.arrayContaining(['one'])])
    }, WAIT)
    for (const { heard } of processes) expect(new Set(heard).size).toBe(1)
  })

  it('tries a setup again that fails', async () => {
    const { connection, text } = opened(broker.url)
    let setups = 0
    connection.addChannel('late', async (open) => {
      if (++setups < 3) await open.checkQueue('missing')
    })
    await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
    expect(setups).toBe(3)
    expect(text()).toContain('could not open a channel')
  })

  it(
    'connects again after a kill of the broker, and never logs its password',
    async () => {
      const { connection, text } = opened(broker.url)
      let setups = 0
      const channel = connection.addChannel('kept', async (open) => {
        setups++
        await open.assertQueue('kept', { durable: true })
      })
      await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
      expect(await channel.publish('kept', { number: 1 }, { persistent: true })).toBe(true)
      await broker.kill()
      await vi.waitFor(() => expect(connection.isConnected()).toBe(false), WAIT)
      expect(await channel.publish('kept', { number: 2 })).toBe(false)
      await broker.start()
      await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
      expect(setups).toBe(2)
      const message = await vi.waitFor(async () => {
        const got = await channel.current()?.get('kept', { noAck: true })
        expect(got).toBeTruthy()
        return got
      }, WAIT)
      expect(message && String(message.content)).toBe('{"number":1}')
      expect(text()).toContain('lost the broker')
      expect(text()).not.toContain('a channel to the broker was closed')
      expect(text()).not.toContain('secret-of-the-test')
    },
    RESTART_MS,
  )

  it('signs in with a user and a password beyond ASCII', async () => {
    await broker.addUser('jörg', 'pässwort/ü')
    const url = new URL(broker.url)
    url.username = 'jörg'
    url.password = 'pässwort/ü'
    const { connection } = opened(url.href)
    await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
  })

  it('goes on trying with a wrong password, which it never logs', async () => {
    const { connection, text } = opened(broker.url.replace('secret-of-the-test', 'wrong-password'))
    await vi.waitFor(() => expect(text()).toContain('ACCESS_REFUSED'), WAIT)
    await vi.waitFor(() => expect(text().split('cannot reach the broker').length).toBeGreaterThan(3), WAIT)
    expect(connection.isConnected()).toBe(false)
    expect(text()).not.toContain('wrong-password')
  })
})

describe('a connection without a broker', () => {
  it('says so once at warn, and closes', async () => {
    const { connection, text } = opened(`amqp://user:hidden@127.0.0.1:${await freePort()}`)
    await vi.waitFor(() => expect(text().split('cannot reach the broker').length).toBeGreaterThan(3), WAIT)
    expect(text().split('"level":40').length - 1).toBe(1)
    expect(text()).not.toContain('hidden')
    await connection.close()
    const lines = text()
    await sleep(300)
    expect(text()).toBe(lines)
  })
})
