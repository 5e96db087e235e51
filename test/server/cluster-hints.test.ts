import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import type { Hint } from '../../src/core/hint.ts'
import { createHintExchange, shareHints } from '../../src/server/cluster-hints.ts'

/** A worker as its supervisor sees it. */
class FakeWorker extends EventEmitter {
  readonly received: unknown[] = []
  connected = true
  isConnected = () => this.connected
  send = (message: unknown, done: () => void) => {
    this.received.push(message)
    done()
  }
}

const changedOf = (...ids: string[]) => ids.map((projectId) => ({ type: 'changed', projectId }) as const)
const QUEUED = { type: 'queued', jobId: 'a', projectId: 'shop' } as const
const HINTS = { tintype: 'hints', hints: [...changedOf('shop', 'Other'), QUEUED] }
const ENDED = { tintype: 'hints', hints: [{ type: 'ended' }] }

describe('the supervisor', () => {
  it('passes the hints of a worker on to all others, and no other message', () => {
    const [one, two, three] = [new FakeWorker(), new FakeWorker(), new FakeWorker()]
    const exchange = createHintExchange()
    for (const worker of [one, two, three]) exchange.watch(worker)
    one.emit('message', HINTS)
    for (const message of [null, 'hints', { tintype: 'hints' }, { tintype: 'own_metrics', id: 1 }])
      one.emit('message', message)
    expect([one, two, three].map(({ received }) => received)).toEqual([[], [HINTS], [HINTS]])
  })

  it('sends none to a worker that is about to end, or has ended', () => {
    const [one, two, three] = [new FakeWorker(), new FakeWorker(), new FakeWorker()]
    const exchange = createHintExchange()
    for (const worker of [one, two, three]) exchange.watch(worker)
    two.connected = false
    three.emit('exit')
    one.emit('message', HINTS)
    expect([two.received, three.received]).toEqual([[], []])
  })

  it('reports the end of a worker to the others', () => {
    const [one, two, three] = [new FakeWorker(), new FakeWorker(), new FakeWorker()]
    const exchange = createHintExchange()
    for (const worker of [one, two, three]) exchange.watch(worker)
    two.emit('exit')
    expect([one, two, three].map(({ received }) => received)).toEqual([[ENDED], [], [ENDED]])
  })
})

describe('a worker', () => {
  /** A worker's end of the channel, and the store behind it. */
  const share = () => {
    const sent: unknown[] = []
    const hinted: Hint[] = []
    const parent = Object.assign(new EventEmitter(), { send: (message: unknown) => void sent.push(message) })
    const own: { listener?(hint: Hint): void } = {}
    shareHints(
      {
        onHint: (listener) => {
          own.listener = listener
        },
        hint: (hint) => void hinted.push(hint),
      },
      parent,
    )
    return { sent, hinted, parent, tell: (hint: Hint) => own.listener?.(hint) }
  }

  it('sends many hints in one message, each once', () => {
    vi.useFakeTimers()
    try {
      const { sent, tell } = share()
      for (const hint of [...changedOf('shop', 'Other', 'shop'), QUEUED]) tell(hint)
      vi.advanceTimersByTime(10)
      expect(sent).toEqual([HINTS])
      vi.advanceTimersByTime(1000)
      tell({ type: 'changed', projectId: 'shop' })
      vi.advanceTimersByTime(10)
      expect(sent).toEqual([HINTS, { tintype: 'hints', hints: changedOf('shop') }])
    } finally {
      vi.useRealTimers()
    }
  })

  it('takes the hints of others, and no other message', () => {
    const { parent, hinted } = share()
    for (const message of [
      HINTS,
      null,
      { tintype: 'give_metrics', id: 1 },
      { tintype: 'hints', hints: [{ type: 'x' }] },
    ])
      parent.emit('message', message)
    expect(hinted).toEqual(HINTS.hints)
  })
})
