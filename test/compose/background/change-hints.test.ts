import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildBroker } from '../../../src/compose/background/broker.ts'
import { buildChangeHints } from '../../../src/compose/background/change-hints.ts'
import { buildFoundation } from '../../../src/compose/foundation.ts'
import { parseOptions } from '../../../src/compose/parse-options.ts'
import { buildStore } from '../../../src/compose/store.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { metricsText } from '../../../src/telemetry/snapshot.ts'
import { scriptedBroker } from '../../support/amqp/scripted.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const WAIT = { timeout: 60_000, interval: 5 }

/** A process of a store that is connected to a broker. */
const processOf = async (storageDir: string, queue: string) => {
  const metrics = createMetrics({ version: 'test' })
  const foundation = buildFoundation(parseOptions({ storageDir, queue }), metrics)
  const broker = buildBroker(foundation)
  const stored = buildStore(foundation)
  const hinted: string[] = []
  const { store, ready } = stored
  buildChangeHints(broker, { ready, store: { ...store, hint: (projectId) => void hinted.push(projectId) } })
  onTestFinished(async () => {
    await broker?.connection.close()
    await store.close()
  })
  await ready
  const metric = async (name: string) => {
    const text = await metricsText([await metrics.snapshot()])
    return new RegExp(`^tintype_broker_${name} (.*)$`, 'm').exec(text)?.[1]
  }
  return { store, broker, hinted, metric }
}

describe('processes that share a store and a broker', () => {
  it('tell each other of the projects that they change', async () => {
    const broker = await scriptedBroker()
    const storageDir = await temporaryFolder()
    const [one, two] = [await processOf(storageDir, broker.url), await processOf(storageDir, broker.url)]
    for (const each of [one, two]) each.broker?.connection.open()
    await vi.waitFor(() => expect(broker.consumed()).toHaveLength(2), WAIT)
    await one.store.commit('shop', { type: 'create_project' })
    await vi.waitFor(() => expect(two.hinted).toEqual(['shop']), WAIT)
    await two.store.commit('Game', { type: 'create_project' })
    await vi.waitFor(() => expect(one.hinted).toEqual(['Game']), WAIT)
    expect(two.hinted).toEqual(['shop'])
  })

  it('show their connection in the metrics, once they connect', async () => {
    const broker = await scriptedBroker()
    const one = await processOf(await temporaryFolder(), broker.url)
    expect(await one.metric('connected')).toBeUndefined()
    one.broker?.connection.open()
    await vi.waitFor(async () => expect(await one.metric('connected')).toBe('1'), WAIT)
    expect(await one.metric('reconnects_total')).toBe('0')
    broker.stop(true)
    await vi.waitFor(async () => expect(await one.metric('connected')).toBe('0'), WAIT)
    broker.stop(false)
    await vi.waitFor(async () => expect(await one.metric('connected')).toBe('1'), WAIT)
    expect(await one.metric('reconnects_total')).toBe('1')
  })

  it('have no such metric without a broker', async () => {
    const one = await processOf(await temporaryFolder(), '')
    expect(await one.metric('connected')).toBeUndefined()
    await one.store.commit('shop', { type: 'create_project' })
    expect(one.hinted).toEqual([])
  })
})
