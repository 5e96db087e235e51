import { expect, it } from 'vitest'
import { createProofs } from '../../../../src/stores/s3/proofs/proofs.ts'

const newProofs = () => {
  const began: string[] = []
  const ends: (() => void)[] = []
  const proofs = createProofs(async (key) => {
    const nth = began.push(key)
    await new Promise<void>((resolve) => ends.push(resolve))
    return `${key}${nth}`
  })
  return { began, proofs, end: (nth: number) => ends[nth - 1]?.() }
}

it('gives all calls before a proof begins that proof, and a call behind its beginning the next one', async () => {
  const { began, proofs, end } = newProofs()
  const early = [proofs('a'), proofs('a')]
  await expect.poll(() => began.length).toBe(1)
  const late = [proofs('a'), proofs('a')]
  await expect.poll(() => began.length).toBe(2)
  const other = proofs('b')
  await expect.poll(() => began.length).toBe(3)
  for (const nth of [1, 2, 3]) end(nth)
  expect(await Promise.all(early)).toEqual(['a1', 'a1'])
  expect(await Promise.all(late)).toEqual(['a2', 'a2'])
  expect(await other).toBe('b3')
})

it('begins proofs of one key at most every 20 milliseconds, while others are under way', async () => {
  let nowMs = 1000
  const began: number[] = []
  const sleep = async (ms: number) => {
    nowMs += ms
  }
  const prove = () => {
    began.push(nowMs)
    return new Promise<never>(() => {})
  }
  const proofs = createProofs(prove, { now: () => nowMs, sleep })
  for (let nth = 1; nth <= 3; nth++) {
    void proofs('a')
    await expect.poll(() => began.length).toBe(nth)
    nowMs += 5
  }
  nowMs += 100
  void proofs('a')
  await expect.poll(() => began.length).toBe(4)
  expect(began).toEqual([1000, 1020, 1040, 1145])
})

it('begins a proof for which sixteen calls wait without a pause', async () => {
  let begun = 0
  const prove = async () => {
    begun++
  }
  const proofs = createProofs(prove, { now: () => 1000, sleep: () => new Promise<never>(() => {}) })
  await proofs('a')
  const waiting = Array.from({ length: 15 }, () => proofs('a'))
  expect(begun).toBe(1)
  await Promise.all([...waiting, proofs('a')])
  expect(begun).toBe(2)
})

it('passes a failure on to all that joined, and begins anew', async () => {
  let fails = true
  const proofs = createProofs(async () => {
    if (fails) throw new Error('no answer')
    return 'proved'
  })
  const outcomes = await Promise.allSettled([proofs('a'), proofs('a')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  expect(await proofs('a')).toBe('proved')
})
