// What every append log must do, whatever it is made of. One passes by ~13 lines: see test/stores/file/append-log.test.ts.

import { describe, expect, it } from 'vitest'
import { type AppendLog, type LogFormat, REMEMBERED_TOKENS, tokensAfter } from '../../src/stores/append-log.ts'

export interface TestEntry {
  text: string
  tokens: readonly string[]
}

/** The format that a fixture's log is to use. */
export const testFormat: LogFormat<TestEntry> = {
  encode: (entry) => `${JSON.stringify(entry)}\n`,
  decode: (text) => JSON.parse(text),
  tokensOf: ({ tokens }) => tokens,
}

export interface AppendLogFixture {
  log: AppendLog<TestEntry>
  /** The same logs as another process has them. */
  another(): AppendLog<TestEntry>
  /** Lets the next creation of an entry happen and answer an error, as where a response is lost. */
  loseAnswer(): void
  /** Runs `meanwhile` before the next entry is created, which is how long its writer sleeps. */
  sleepBeforeCreating(meanwhile: () => Promise<unknown>): void
  /** Lets every look at the log fail from the next creation on, until the returned function is called. */
  failAfterCreating(): () => void
}

export interface AppendLogKind {
  /** Entries that a pruned log keeps; undefined for a log whose numbers are never freed. */
  keep?: number
}

export const appendLogContract = (
  name: string,
  { keep }: AppendLogKind,
  open: () => Promise<AppendLogFixture>,
): void => {
  /** Appends after the newest entry, as often as it takes. */
  const add = async (log: AppendLog<TestEntry>, text: string, token = text): Promise<number> => {
    for (;;) {
      const newest = await log.newest('a')
      const number = (newest?.number ?? 0) + 1
      const tokens = tokensAfter(newest?.entry.tokens ?? [], token)
      const { outcome } = await log.append('a', number, { text, tokens })
      if (outcome === 'ours') return number
      if (outcome === 'unknown') throw new Error('unknown')
    }
  }
  const addMany = async (log: AppendLog<TestEntry>, count: number, prefix = 'm') => {
    for (let n = 1; n <= count; n++) await add(log, `${prefix}${n}`)
  }
  /** An entry that follows the newest one, not appended yet. */
  const prepared = async (log: AppendLog<TestEntry>, text: string) => {
    const newest = await log.newest('a')
    const entry = { text, tokens: tokensAfter(newest?.entry.tokens ?? [], text) }
    return { number: (newest?.number ?? 0) + 1, entry }
  }

  describe(`${name} keeps the promises of an append log`, () => {
    it('is empty before its first entry, and returns the newest one in every process', async () => {
      const { log, another } = await open()
      expect(await log.newest('a')).toBeUndefined()
      for (const text of ['one', 'two', 'three']) {
        const number = await add(log, text)
        for (const each of [log, another()]) expect(await each.newest('a')).toMatchObject({ number, entry: { text } })
      }
      expect(await log.newest('b')).toBeUndefined()
    })

    it('creates an entry once the work beside it has ended, and none where that failed', async () => {
      const { log, another } = await open()
      await add(log, 'first')
      const { number, entry } = await prepared(log, 'second')
      const failing = async () => {
        throw new Error('the work failed')
      }
      await expect(log.append('a', number, entry, failing)).rejects.toThrow('the work failed')
      expect(await another().newest('a')).toMatchObject({ number: 1 })
      let before: number | undefined
      const slow = async () => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        before = (await another().newest('a'))?.number
      }
      expect(await log.append('a', number, entry, slow)).toMatchObject({ outcome: 'ours' })
      expect(before).toBe(1)
      expect(await another().newest('a')).toEqual({ number, entry })
    })

    it('gives each number to one of two writers that follow the same entry', async () => {
      const { log, another } = await open()
      await add(log, 'first')
      const [one, other] = [await prepared(log, 'one'), await prepared(another(), 'other')]
      expect(await log.append('a', one.number, one.entry)).toMatchObject({ outcome: 'ours' })
      expect(await another().append('a', other.number, other.entry)).toMatchObject({ outcome: 'taken' })
      expect(await another().newest('a')).toEqual({ number: 2, entry: one.entry })
    })

    it('neither loses nor repeats an entry with many writers at once', async () => {
      const { log, another } = await open()
      const logs = [log, another(), another(), another()]
      const numbers = await Promise.all(
        logs.flatMap((each, at) => Array.from({ length: 6 }, (_, n) => add(each, `w${at}n${n}`))),
      )
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, n) => n + 1))
      const tokens = (await another().newest('a'))?.entry.tokens
      expect(new Set(tokens)).toEqual(new Set(logs.flatMap((_, at) => [0, 1, 2, 3, 4, 5].map((n) => `w${at}n${n}`))))
    })

    it('answers "ours" for its own entry where the answer was lost, the first one and a later one', async () => {
      const { log, another, loseAnswer } = await open()
      for (const text of ['one', 'two']) {
        const { number, entry } = await prepared(log, text)
        loseAnswer()
        expect(await log.append('a', number, entry)).toMatchObject({ outcome: 'ours' })
        expect(await another().newest('a')).toEqual({ number, entry })
      }
    })

    it('answers "ours" where the same append is sent again, and "taken" for that of another writer', async () => {
      const { log, another } = await open()
      const [one, other] = [await prepared(log, 'one'), await prepared(log, 'other')]
      expect(await log.append('a', 1, one.entry)).toMatchObject({ outcome: 'ours' })
      expect(await another().append('a', 1, one.entry)).toMatchObject({ outcome: 'ours' })
      expect(await log.append('a', 1, other.entry)).toMatchObject({ outcome: 'taken' })
    })

    it('answers "unknown" where the log behind an entry cannot be read, and removes nothing', async () => {
      const { log, another, loseAnswer, failAfterCreating } = await open()
      await add(log, 'one')
      const { entry } = await prepared(log, 'two')
      const stop = failAfterCreating()
      loseAnswer()
      expect(await log.append('a', 2, entry)).toMatchObject({ outcome: 'unknown', cause: expect.any(Error) })
      stop()
      expect(await another().newest('a')).toEqual({ number: 2, entry })
      expect(await log.append('a', 2, entry)).toMatchObject({ outcome: 'ours' })
    })

    it('finds its entry among the last tokens after entries of other writers, and answers "unknown" beyond them', async () => {
      for (const ahead of [1, REMEMBERED_TOKENS - 1, REMEMBERED_TOKENS]) {
        const { log, another } = await open()
        await addMany(log, 3, 'before')
        const { number, entry } = await prepared(log, 'mine')
        expect(await log.append('a', number, entry)).toMatchObject({ outcome: 'ours' })
        await addMany(another(), ahead)
        const again = await log.append('a', number, entry)
        // A log that keeps its entries can always compare; one that emptied or removed them goes by the tokens.
        if (again.outcome !== 'ours') expect([again.outcome, ahead]).toEqual(['unknown', REMEMBERED_TOKENS])
        expect(await another().newest('a')).toMatchObject({ number: number + ahead })
      }
    })

    it('answers "taken" to a suspended writer, however many entries were appended meanwhile', async () => {
      for (const meanwhile of [1, 2, 20, REMEMBERED_TOKENS]) {
        const { log, another, sleepBeforeCreating } = await open()
        await add(log, 'first')
        const { number, entry } = await prepared(log, 'late')
        sleepBeforeCreating(() => addMany(another(), meanwhile))
        expect(await log.append('a', number, entry)).toMatchObject({ outcome: 'taken' })
        const newest = await another().newest('a')
        expect(newest).toMatchObject({ number: 1 + meanwhile, entry: { text: `m${meanwhile}` } })
        expect(newest?.entry.tokens).not.toContain('late')
        expect(await add(log, 'late')).toBe(2 + meanwhile)
      }
    })

    it('never acknowledges a writer suspended beyond all remembered tokens, and removes no other entry', async () => {
      const { log, another, sleepBeforeCreating } = await open()
      await add(log, 'first')
      const { number, entry } = await prepared(log, 'late')
      sleepBeforeCreating(() => addMany(another(), REMEMBERED_TOKENS + 5))
      const { outcome } = await log.append('a', number, entry)
      expect(keep === undefined ? ['taken', 'unknown'] : ['unknown']).toContain(outcome)
      expect(await another().newest('a')).toMatchObject({ number: 1 + REMEMBERED_TOKENS + 5 })
      await add(log, 'after')
      expect(await another().newest('a')).toMatchObject({ number: 2 + REMEMBERED_TOKENS + 5, entry: { text: 'after' } })
    })

    it('answers "taken" where the log was removed meanwhile, and begins no new log with the number', async () => {
      const { log, another, sleepBeforeCreating } = await open()
      await add(log, 'first')
      const { number, entry } = await prepared(log, 'late')
      sleepBeforeCreating(() => another().remove('a'))
      expect(await log.append('a', number, entry)).toMatchObject({ outcome: 'taken' })
      for (const each of [log, another()]) expect(await each.newest('a')).toBeUndefined()
      await another().remove('a')
    })
  })
}
