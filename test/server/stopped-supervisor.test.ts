// A supervisor that is stopped, or too busy to answer: its workers count each for themselves.

import { once } from 'node:events'
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serve } from '../support/processes/tintype.ts'

const CONNECTIONS = 24

/** Two workers with connections to both, whose supervisor has just been stopped. */
const stopped = async (flags: readonly string[]) => {
  const { child, port } = await serve(['--workers', '2', '--registration', 'open', ...flags])
  const agent = new Agent({ keepAlive: true, maxFreeSockets: CONNECTIONS })
  onTestFinished(() => agent.destroy())

  const ask = async (options: RequestOptions, body?: string): Promise<number> => {
    const sent = request({ host: '127.0.0.1', port, agent, ...options }).end(body)
    const [answer]: IncomingMessage[] = await once(sent, 'response')
    for await (const _ of answer ?? []);
    return answer?.statusCode ?? 0
  }
  const askAll = async (one: (at: number) => Promise<number>, status: number): Promise<number> => {
    const statuses = await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => one(at)))
    return statuses.filter((each) => each === status).length
  }

  // It hands out new connections, so they are made before.
  expect(await askAll(() => ask({ path: '/health' }), 200)).toBe(CONNECTIONS)
  child.kill('SIGSTOP')
  return {
    /** How many are let through of as many as there are connections. */
    reads: () => askAll(() => ask({ path: '/projects' }), 200),
    signIns: (emailOf: (at: number) => string) =>
      askAll((at) => {
        const body = JSON.stringify({ email: emailOf(at), password: 'not the one that it is' })
        const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length }
        return ask({ path: '/auth/login', method: 'POST', headers }, body)
      }, 401),
  }
}

describe('workers whose supervisor is stopped', () => {
  it('throttle attempts on an account, each for itself', async () => {
    const { signIns } = await stopped(['--sign-in-limit', '0'])
    // Five are free in each worker, and one goes through behind each pause, of 1, 2, 4 ... seconds: three in the seven
    // seconds that a slow machine may take, and more on a slower one.
    const beganMs = performance.now()
    const through = await signIns(() => 'bo@example.org')
    const pauses = Math.floor(Math.log2((performance.now() - beganMs) / 1000 + 1))
    expect(through).toBeGreaterThanOrEqual(6)
    expect(through).toBeLessThanOrEqual(2 * (6 + Math.max(3, pauses)))
  })

  it('limit sign-ins and reads, each for itself', async () => {
    const limits = ['--sign-in-limit', '4', '--rate-limit', '5', '--rate-limit-writes', '0']
    const { signIns, reads } = await stopped([...limits, '--rate-limit-window', '600'])
    const signedIn = await signIns((at) => `bo-${at}@example.org`)
    expect(signedIn).toBeGreaterThanOrEqual(4)
    expect(signedIn).toBeLessThanOrEqual(8)
    const read = await reads()
    expect(read).toBeGreaterThanOrEqual(5)
    expect(read).toBeLessThanOrEqual(10)
  })
})
