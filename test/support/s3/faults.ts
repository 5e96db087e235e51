// Faults between a store and its engine: answers that are lost, refusals, delays, and the death of the process.

import { setImmediate, setTimeout } from 'node:timers/promises'
import { type Answer, createSender, type Send } from '../../../src/stores/s3/client/sender.ts'
import type { Chance } from '../chance.ts'
import { lost } from './scripted.ts'

export interface FaultyLink {
  send: Send
  /** From now on, as where the process was killed: no request is answered any more, some are still carried out. */
  kill(): void
  /** Number of faults that were played, by kind. */
  played: Map<string, number>
  /** Resolves when no request is on its way to the engine any more, after {@link kill}. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Requests of a hundred that have a fault. */
const FAULTY_PERCENT = 12
const MOST_DELAY_MS = 200

const answer = (status: number): Answer => ({
  status,
  header: () => undefined,
  dateMs: undefined,
  body: nothing(),
  text: () => Promise.resolve(''),
  discard: () => Promise.resolve(),
})

async function* nothing() {}

export const createFaultyLink = (chance: Chance): FaultyLink => {
  const sender = createSender({ timeoutMs: 10_000 })
  const played = new Map<string, number>()
  const underWay = new Set<Promise<unknown>>()
  let isDead = false
  const tracked = <Result>(work: Promise<Result>): Promise<Result> => {
    const ended = work.catch(() => {}).finally(() => underWay.delete(ended))
    underWay.add(ended)
    return work
  }
  const never = () => new Promise<never>(() => {})

  const carryOut = async (...request: Parameters<Send>): Promise<Answer> => {
    const received = await tracked(sender.send(...request))
    if (!isDead) return received
    // Else its connection would stay busy for ever.
    await received.discard()
    return never()
  }

  const faults: Record<string, Send> = {
    'refused with 503': async () => answer(503),
    'refused with 500': async () => answer(500),
    'refused with 409': async () => answer(409),
    'connection lost': async () => {
      throw lost()
    },
    'answer lost': async (...request) => {
      await (await carryOut(...request)).discard()
      throw lost()
    },
    'carried out, then 500': async (...request) => {
      await (await carryOut(...request)).discard()
      return answer(500)
    },
    delayed: async (...request) => {
      await tracked(setTimeout(chance.number(MOST_DELAY_MS)))
      return carryOut(...request)
    },
    'answer delayed': async (...request) => {
      const received = await carryOut(...request)
      await setTimeout(chance.number(MOST_DELAY_MS))
      return received
    },
  }

  return {
    played,
    kill: () => {
      isDead = true
    },
    async settled() {
      for (; underWay.size > 0; await setImmediate()) await Promise.all(underWay)
    },
    close: sender.close,

    async send(...request) {
      if (isDead) return never()
      if (chance.number(100) >= FAULTY_PERCENT) return carryOut(...request)
      const names = Object.keys(faults)
      const name = names[chance.number(names.length)] ?? ''
      // A stream can be sent once.
      const fault = faults[name]
      if (!fault) return carryOut(...request)
      played.set(name, (played.get(name) ?? 0) + 1)
      return fault(...request)
    },
  }
}
