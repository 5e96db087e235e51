import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAmqpConnection } from '../../../src/queues/amqp/connection.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { METHODS, type ScriptedBroker, scriptedBroker } from '../../support/amqp/scripted.ts'

const WAIT = { timeout: 60_000, interval: 5 }

const connectTo = async ({ url }: ScriptedBroker) => {
  const connection = createAmqpConnection({ url, log: createLogger({ level: 'silent' }), firstPauseMs: 10 })
  onTestFinished(() => connection.close())
  expect(connection.reconnects()).toBeUndefined()
  connection.open()
  await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
  return connection
}

describe('work on a channel of its own', () => {
  it('closes the channel once it is done', async () => {
    const broker = await scriptedBroker()
    const connection = await connectTo(broker)
    const found = await connection.once(async (channel) => {
      expect(broker.openChannels()).toBe(1)
      return (await channel.assertQueue('jobs')).queue
    })
    expect(found).toBe('jobs')
    await vi.waitFor(() => expect(broker.openChannels()).toBe(0), WAIT)
  })

  it('ends where the broker never answers, with its channel', async () => {
    const broker = await scriptedBroker()
    const connection = await connectTo(broker)
    await expect(connection.once((channel) => channel.purgeQueue('jobs'), 50)).rejects.toThrow(
      'the broker has not answered within 0.05 s',
    )
    await vi.waitFor(() => expect(broker.openChannels()).toBe(0), WAIT)
    expect(connection.isConnected()).toBe(true)
  })

  it('fails with the reason of the broker', async () => {
    const broker = await scriptedBroker()
    broker.refuse(METHODS.purgeQueue)
    const connection = await connectTo(broker)
    await expect(connection.once((channel) => channel.purgeQueue('jobs'))).rejects.toThrow('ACCESS_REFUSED')
  })
})

describe('a connection', () => {
  it('counts the times that it was made again', async () => {
    const broker = await scriptedBroker()
    const connection = await connectTo(broker)
    expect(connection.reconnects()).toBe(0)
    broker.stop(true)
    await vi.waitFor(() => expect(connection.isConnected()).toBe(false), WAIT)
    expect(connection.reconnects()).toBe(0)
    broker.stop(false)
    await vi.waitFor(() => expect(connection.isConnected()).toBe(true), WAIT)
    expect(connection.reconnects()).toBe(1)
  })
})
