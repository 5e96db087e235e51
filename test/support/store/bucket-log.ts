// Append logs in a bucket of memory, as an S3 store will have them: `If-None-Match: *` is the only conditional write, any
// response can be lost, and a request that got none is sent again. Shows that the interface and its contract fit one.

import { type Appended, type AppendLog, type LogFormat, outcomeOf } from '../../../src/stores/append-log.ts'

/** Objects by key, with the faults of a network. */
export const createBucket = () => {
  const objects = new Map<string, string>()
  const faults = { losesAnswer: false, fails: false, beforePut: (): Promise<unknown> => Promise.resolve() }
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const read = async <T>(answer: () => T): Promise<T> => {
    await turn()
    if (faults.fails) throw new Error('503 Slow Down')
    return answer()
  }
  return {
    faults,
    /** 200 where the key was free, 412 where not. */
    async putNew(key: string, body: string): Promise<200 | 412> {
      const { beforePut } = faults
      faults.beforePut = () => Promise.resolve()
      await beforePut()
      await turn()
      const status = objects.has(key) ? 412 : 200
      if (status === 200) objects.set(key, body)
      if (faults.losesAnswer) {
        faults.losesAnswer = false
        throw new Error('socket hang up')
      }
      return status
    },
    get: (key: string) => read(() => objects.get(key)),
    list: (prefix: string) => read(() => [...objects.keys()].filter((key) => key.startsWith(prefix))),
    remove: async (key: string) => void objects.delete(key),
  }
}

export interface BucketLogOptions<Entry> {
  bucket: ReturnType<typeof createBucket>
  format: LogFormat<Entry>
  /** Entries that stay of a pruned log; undefined for a log that keeps all. */
  keep?: number
}

const MOST_TRIES = 5

export const createBucketLog = <Entry>({ bucket, format, keep }: BucketLogOptions<Entry>): AppendLog<Entry> => {
  const keyOf = (log: string, number: number) => `${log}/${String(number).padStart(12, '0')}.json`
  const numbersOf = async (log: string) =>
    (await bucket.list(`${log}/`)).map((key) => Number.parseInt(key.slice(log.length + 1), 10)).sort((a, b) => a - b)

  const newest: AppendLog<Entry>['newest'] = async (log) => {
    for (;;) {
      const number = (await numbersOf(log)).at(-1)
      if (number === undefined) return undefined
      const text = await bucket.get(keyOf(log, number))
      if (text !== undefined) return { number, entry: format.decode(text, log, number) }
    }
  }

  /** The bytes again until an answer comes. */
  const put = async (key: string, body: string): Promise<200 | 412> => {
    for (let tries = 1; ; tries++) {
      try {
        return await bucket.putNew(key, body)
      } catch (error) {
        if (tries === MOST_TRIES) throw error
      }
    }
  }

  const confirm = async (log: string, number: number, entry: Entry, isCreated: boolean): Promise<Appended> => {
    const numbers = await numbersOf(log)
    const isAlone = number > 1 && !numbers.some((each) => each !== number)
    if (isAlone || (isCreated && numbers.at(-1) !== number) || !isCreated) {
      const head = await newest(log)
      const tokens = head && { number: head.number, tokens: format.tokensOf(head.entry) }
      const outcome = isAlone || !head ? 'taken' : outcomeOf(number, format.tokensOf(entry).at(-1), tokens)
      if (outcome === 'taken' && isCreated) await bucket.remove(keyOf(log, number))
      if (outcome !== 'ours') return { outcome }
    }
    if (keep !== undefined && numbers.at(-1) === number)
      for (const old of numbers.slice(0, -keep)) await bucket.remove(keyOf(log, old))
    return { outcome: 'ours' }
  }

  return {
    newest,

    async append(log, number, entry, beside) {
      const body = format.encode(entry)
      await beside?.()
      try {
        const status = await put(keyOf(log, number), body)
        const found = status === 200 ? body : await bucket.get(keyOf(log, number))
        if (found !== undefined && found !== body) return { outcome: 'taken' }
        return await confirm(log, number, entry, found === body)
      } catch (cause) {
        return { outcome: 'unknown', cause }
      }
    },

    async remove(log) {
      for (const key of await bucket.list(`${log}/`)) await bucket.remove(key)
    },
  }
}
