// Requests are counted for all workers together.

import { describe, expect, it } from 'vitest'
import { serve } from '../support/processes/tintype.ts'

/** A connection of its own, so that each worker gets its share. */
const ask = (url: string, path: string) => fetch(url + path, { headers: { Connection: 'close' } })

describe('two workers', () => {
  it('allow as many requests together as one worker, and no more', async () => {
    const { url, child, ended } = await serve(['--workers', '2', '--rate-limit', '10', '--rate-limit-window', '600'])
    const answers: Response[] = []
    for (let n = 0; n < 14; n++) answers.push(await ask(url, '/projects'))
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(200), ...Array(4).fill(429)])
    const left = answers.slice(0, 10).map(({ headers }) => /r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
    expect(left.map(Number)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    expect((await ask(url, '/health')).status).toBe(200)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it('count many simultaneous requests exactly', async () => {
    const { url } = await serve(['--workers', '2', '--rate-limit', '20', '--rate-limit-window', '600'])
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(url, '/projects')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20)
  })

  it('lease parts of a larger limit, never pass it, and use nine tenths of it before they refuse', async () => {
    const { url } = await serve(['--workers', '2', '--rate-limit', '200', '--rate-limit-window', '600'])
    let accepted = 0
    let refusedAfter: number | undefined
    for (let n = 0; n < 40; n++) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(url, '/projects')))
      accepted += answers.filter(({ status }) => status === 200).length
      if (answers.some(({ status }) => status === 429)) refusedAfter ??= accepted
    }
    expect(accepted).toBeLessThanOrEqual(200)
    expect(refusedAfter).toBeGreaterThanOrEqual(180)
  })

  it('throttle attempts on an account together', async () => {
    const flags = ['--workers', '2', '--registration', 'open', '--sign-in-limit', '0']
    const { url } = await serve(flags)
    const attempt = () =>
      fetch(`${url}/auth/login`, {
        method: 'POST',
        headers: { Connection: 'close', 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: 'bo@example.org', password: 'not the one that it is' }),
      })
    const answers = await Promise.all(Array.from({ length: 12 }, attempt))
    // Five are free, and one goes through in the first pause, which lasts a second.
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThan(9)
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(3)
  })
})
