// A bucket and machines that use it, in simulated time: each machine has clocks of its own and can be suspended. Deterministic,
// and as fast as the work in it.

import type { Bucket } from '../../../src/stores/s3/client/bucket.ts'
import type { Clock } from '../../../src/stores/s3/proofs/moments.ts'

/** What a simulated machine uses of a bucket. */
export type SimulatedBucket = Pick<Bucket, 'head' | 'text' | 'putNew' | 'put' | 'remove' | 'list' | 'listAll'>

export interface MachineOptions {
  /** Speed of its clocks. @default 1 */
  rate?: number
  /** Milliseconds from a request to its effect, and from there to its answer. @default 5 */
  delay?(kind: keyof SimulatedBucket): number
  /** Fate of a request. `late` and `lost` throw; `late` has its effect after that. @default 'answered' */
  fate?(kind: keyof SimulatedBucket): 'answered' | 'lost' | 'late' | 'refused'
}

export interface Machine {
  clock: Clock
  bucket: SimulatedBucket
  /** Requests that were sent, such as `head logs/a/000000000002.json`. */
  requests: string[]
  /** Nothing happens on it for a time. @param stopped the clock that stands still meanwhile. @default none */
  suspend(ms: number, stopped?: 'monotonic' | 'wall'): void
  /** Moves the clock of the wall. */
  setWall(byMs: number): void
}

export interface Simulation {
  /** Milliseconds since its beginning. */
  nowMs(): number
  machine(options?: MachineOptions): Machine
  /** Lets a time pass. */
  pass(ms: number): Promise<void>
  /** Lets time pass until a promise settles. @throws where it does not within an hour */
  until<Result>(result: Promise<Result>): Promise<Result>
  /** Keys of all objects. */
  keys(): string[]
  /** Writes an object at once. @param ageMs of it */
  plant(key: string, body: string, ageMs?: number): void
}

interface Stored {
  body: string
  modifiedMs: number
}

const START_MS = Date.parse('2026-01-01T00:00:00Z')
const HOUR_MS = 3_600_000

export const createSimulation = (): Simulation => {
  const objects = new Map<string, Stored>()
  /** What will happen, in its order. */
  const due: { atMs: number; happen(): void }[] = []
  let nowMs = 0

  const at = (atMs: number, happen: () => void): void => {
    const behind = due.findIndex((each) => each.atMs > atMs)
    due.splice(behind < 0 ? due.length : behind, 0, { atMs, happen })
  }

  /** Lets everything run that waits for no time. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  const pass = async (ms: number): Promise<void> => {
    const endMs = nowMs + ms
    await settle()
    while (due[0] && due[0].atMs <= endMs) {
      const next = due.shift()
      nowMs = Math.max(nowMs, next?.atMs ?? 0)
      next?.happen()
      await settle()
    }
    nowMs = endMs
  }

  const dateMs = (): number => Math.floor((START_MS + nowMs) / 1000) * 1000

  const machine = ({ rate = 1, delay = () => 5, fate = () => 'answered' }: MachineOptions = {}): Machine => {
    const requests: string[] = []
    let awakeMs = 0
    let monotonicStoodMs = 0
    let wallStoodMs = 0
    let wallMovedMs = 0

    /** Resolves at a time, or when the machine is awake again. */
    const after = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const wake = (): void => (awakeMs > nowMs ? at(awakeMs, wake) : resolve())
        at(nowMs + ms, wake)
      })

    /** Sends a request. Its effect does not wait for the machine to be awake. */
    const send = async <Result>(kind: keyof SimulatedBucket, effect: () => Result): Promise<Result> => {
      const [thereMs, backMs, how] = [delay(kind), delay(kind), fate(kind)]
      const carriedOut = new Promise<Result>((resolve) => {
        if (how !== 'refused') at(nowMs + thereMs + (how === 'late' ? 3 * backMs : 0), () => resolve(effect()))
      })
      await after(thereMs + backMs)
      if (how !== 'answered') throw new Error(how)
      return carriedOut
    }

    const request = <Result>(kind: keyof SimulatedBucket, key: string, effect: () => Result): Promise<Result> => {
      requests.push(`${kind} ${key}`)
      return send(kind, effect)
    }

    const found = (key: string) => {
      const stored = objects.get(key)
      return stored && { bytes: stored.body.length, modifiedMs: stored.modifiedMs }
    }

    const put = (key: string, body: string): void => void objects.set(key, { body, modifiedMs: START_MS + nowMs })

    const listed = (prefix: string, after: string, has: (name: string) => boolean) =>
      [...objects]
        .filter(([key]) => key.startsWith(prefix) && key > after && has(key.slice(prefix.length)))
        .map(([key, { body, modifiedMs }]) => ({ key, bytes: body.length, modifiedMs }))
        .sort((one, other) => (one.key < other.key ? -1 : 1))

    /** As of an engine whose index has two parts, which it looks at one after the other. */
    const listAll: SimulatedBucket['listAll'] = async (prefix, { after = '' } = {}) => {
      const isEntry = (name: string) => /^\d/.test(name)
      const [rest, entries] = await Promise.all([
        request('listAll', prefix, () => ({
          objects: listed(prefix, after, (name) => !isEntry(name)),
          dateMs: dateMs(),
        })),
        send('listAll', () => ({ objects: listed(prefix, after, isEntry), dateMs: dateMs() })),
      ])
      return { objects: [...entries.objects, ...rest.objects], dateMs: Math.max(rest.dateMs, entries.dateMs) }
    }

    return {
      requests,

      clock: {
        nowMs: () => (nowMs - monotonicStoodMs) * rate,
        wallMs: () => Math.floor(START_MS + (nowMs - wallStoodMs) * rate) + wallMovedMs,
        // As timers of Node: whole milliseconds, so up to one too early.
        sleep: (ms) => after(Math.max(1, Math.trunc(ms)) / rate),
        every(ms, call) {
          let isStopped = false
          const again = async (): Promise<void> => {
            await after(ms / rate)
            if (isStopped) return
            call()
            await again()
          }
          void again()
          return () => {
            isStopped = true
          }
        },
      },

      bucket: {
        head: (key) => request('head', key, () => ({ found: found(key), dateMs: dateMs() })),
        text: (key) => request('text', key, () => objects.get(key)?.body),
        putNew: (key, body) =>
          request('putNew', key, () => {
            const isNew = !objects.has(key)
            if (isNew) put(key, String(body))
            return { isNew, dateMs: dateMs() }
          }),
        put: (key, body) =>
          request('put', key, () => {
            put(key, String(body))
            return { dateMs: dateMs() }
          }),
        remove: (key) => request('remove', key, () => void objects.delete(key)),
        async list({ prefix }) {
          return { ...(await listAll(prefix)), folders: [], next: undefined }
        },
        listAll,
      },

      suspend(ms, stopped) {
        awakeMs = Math.max(awakeMs, nowMs) + ms
        if (stopped === 'monotonic') monotonicStoodMs += ms
        if (stopped === 'wall') wallStoodMs += ms
      },

      setWall(byMs) {
        wallMovedMs += byMs
      },
    }
  }

  return {
    nowMs: () => nowMs,
    machine,
    pass,
    async until(result) {
      let isSettled = false
      const settled = result.finally(() => {
        isSettled = true
      })
      settled.catch(() => {})
      const endMs = nowMs + HOUR_MS
      for (await settle(); !isSettled && due[0] && nowMs < endMs; await settle())
        await pass(Math.max(0, due[0].atMs - nowMs))
      if (!isSettled) throw new Error('it waits for nothing')
      return settled
    },
    keys: () => [...objects.keys()],
    plant: (key, body, ageMs = 0) => void objects.set(key, { body, modifiedMs: START_MS + nowMs - ageMs }),
  }
}
