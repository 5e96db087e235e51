import { describe, expect, it } from 'vitest'
import { outcomeOf, REMEMBERED_TOKENS, tokensAfter } from '../../src/stores/append-log.ts'
import { appendLogContract, testFormat } from '../contracts/append-log.ts'
import { createBucket, createBucketLog } from '../support/store/bucket-log.ts'

for (const keep of [undefined, 2])
  appendLogContract(`a bucket that keeps ${keep ?? 'all'} entries`, { keep }, async () => {
    const bucket = createBucket()
    const { faults } = bucket
    const another = () => createBucketLog({ bucket, format: testFormat, keep })
    return {
      log: another(),
      another,
      loseAnswer: () => {
        faults.losesAnswer = true
      },
      sleepBeforeCreating: (meanwhile) => {
        faults.beforePut = meanwhile
      },
      failAfterCreating: () => {
        faults.fails = true
        return () => {
          faults.fails = false
        }
      },
    }
  })

describe('tokens', () => {
  it('are remembered up to 64, newest last', () => {
    let tokens: string[] = []
    for (let n = 1; n <= REMEMBERED_TOKENS + 1; n++) tokens = tokensAfter(tokens, `t${n}`)
    expect([tokens.length, tokens[0], tokens.at(-1)]).toEqual([64, 't2', 't65'])
  })

  it('decide whether an entry is part of the log, as far as they reach', () => {
    const newest = { number: 10, tokens: ['g', 'h', 'i', 'j'] }
    expect(outcomeOf(8, 'h', newest)).toBe('ours')
    expect(outcomeOf(7, 'x', newest)).toBe('taken')
    expect(outcomeOf(6, 'x', newest)).toBe('unknown')
    expect(outcomeOf(11, 'x', newest)).toBe('unknown')
    expect(outcomeOf(10, undefined, newest)).toBe('unknown')
    expect(outcomeOf(1, 'x', undefined)).toBe('unknown')
    expect(outcomeOf(10, 'x', { number: 10, tokens: [] })).toBe('unknown')
  })
})
