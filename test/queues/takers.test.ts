import { expect, it } from 'vitest'
import { createTakers } from '../../src/queues/takers.ts'

const never = new AbortController().signal

const open = () => {
  const things: string[] = []
  const takers = createTakers(() => things.shift())
  const put = (...more: string[]) => {
    things.push(...more)
    takers.wake()
  }
  return { takers, put }
}

it('takes what is there, and else waits', async () => {
  const { takers, put } = open()
  put('a')
  expect(await takers.next(never)).toBe('a')
  const waiting = [takers.next(never), takers.next(never)]
  put('b')
  put('c')
  expect(await Promise.all(waiting)).toEqual(['b', 'c'])
})

it('takes nothing for a signal that is aborted, before or while it waits', async () => {
  const { takers, put } = open()
  const ending = new AbortController()
  const waiting = takers.next(ending.signal)
  ending.abort()
  put('a')
  expect(await waiting).toBeUndefined()
  expect(await takers.next(ending.signal)).toBeUndefined()
  expect(await takers.next(never)).toBe('a')
})

it('takes nothing after the end', async () => {
  const { takers, put } = open()
  const waiting = takers.next(never)
  takers.end()
  put('a')
  expect(await waiting).toBeUndefined()
  expect(await takers.next(never)).toBeUndefined()
})
