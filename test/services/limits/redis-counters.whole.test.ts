// Rate limits of servers on several machines over a real Redis: its kills and stops, its password, TLS.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createRateLimits, type RateLimitOptions } from '../../../src/services/limits/rate-limits.ts'
import { createRedisCounters, type RedisCounters } from '../../../src/services/limits/redis-counters.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { createTestApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { serve } from '../../support/processes/tintype.ts'
import { createRedis, lacksRedis } from '../../support/redis/redis.ts'
import { skipWithout } from '../../support/skip.ts'
import { silent } from '../../support/store/file-store.ts'

type Limits = ReturnType<typeof createRateLimits>

/** A server's limits, in windows that outlast the test. */
const createServer = async (url: string, options: Partial<RateLimitOptions> = {}) => {
  const redis = createRedisCounters({ url, log: silent })
  onTestFinished(() => redis.close())
  await redis.open()
  return { redis, limits: createRateLimits({ windowSeconds: 3600, reads: 1000, redis, log: silent, ...options }) }
}

/** Accepted requests of one client, sent to each server in turn until all refuse. */
const acceptedBy = async (servers: readonly Limits[], client: string): Promise<number> => {
  let accepted = 0
  const take = async (limits: Limits) => (await limits.take('read', client))?.isExceeded === false
  for (let open = [...servers]; open.length > 0; ) {
    const results = await Promise.all(open.map(take))
    accepted += results.filter(Boolean).length
    open = open.filter((_, at) => results[at])
  }
  return accepted
}

const knowing = (count: number, redis: RedisCounters) =>
  expect.poll(() => redis.processes(), { timeout: 60_000, interval: 50 }).toBe(count)

describe.skipIf(lacksRedis('rate limits over machines'))('limits of several machines', () => {
  it('are one limit, for a request to Redis now and then', async () => {
    const redis = await createRedis()
    await redis.start()
    const url = `redis://127.0.0.1:${redis.port}`
    const servers = [await createServer(url), await createServer(url), await createServer(url)]
    for (const server of servers) await knowing(3, server.redis)
    const accepted = await acceptedBy(
      servers.map(({ limits }) => limits),
      'bo',
    )
    expect(accepted).toBeLessThanOrEqual(1000)
    expect(accepted).toBeGreaterThanOrEqual(900)
    const requests = servers.reduce((sum, server) => sum + server.redis.samples().answered, 0)
    expect(requests).toBeLessThan(accepted / 5)
    // Other clients and kinds are others.
    expect(await servers[0]?.limits.take('read', 'al')).toMatchObject({ isExceeded: false })
    expect(await servers[0]?.limits.take('write', 'bo')).toMatchObject({ isExceeded: false })
  })

  it('hold for all requests to servers that are set so', async () => {
    const redis = await createRedis()
    await redis.start()
    const options = {
      rateLimitRedis: `redis://127.0.0.1:${redis.port}`,
      rateLimit: 5,
      rateLimitWrites: 0,
      signInLimit: 3,
    }
    const [one, other] = [await createTestApp(options), await createTestApp(options)]
    const statuses = async (path: string, init?: RequestInit) => {
      const answers = []
      for (let n = 0; n < 7; n++) answers.push(await (n % 2 === 0 ? one : other).app.request(path, init))
      return answers.map(({ status }) => status)
    }
    expect(await statuses('/projects')).toEqual([200, 200, 200, 200, 200, 429, 429])
    const body = JSON.stringify({ email: 'ada@example.com', password: 'wrong horse battery staple' })
    const signIn = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    expect(await statuses('/auth/login', signIn)).toEqual([401, 401, 401, 429, 429, 429, 429])
  })

  it('are those of one machine after the others have ended', async () => {
    const redis = await createRedis()
    await redis.start()
    const url = `redis://127.0.0.1:${redis.port}/3`
    const [one, other] = [await createServer(url), await createServer(url)]
    await knowing(2, one.redis)
    await other.redis.close()
    await knowing(1, one.redis)
    expect(await acceptedBy([one.limits], 'bo')).toBe(1000)
  })

  it('count attempts to sign in one by one', async () => {
    const redis = await createRedis()
    await redis.start()
    const url = `redis://127.0.0.1:${redis.port}`
    const [one, other] = [await createServer(url), await createServer(url)]
    const states = []
    for (let n = 0; n < 12; n++) states.push(await (n % 2 === 0 ? one : other).limits.take('sign_in', 'bo'))
    expect(states.map((state) => state?.isExceeded)).toEqual([...Array(10).fill(false), true, true])
  })

  it('are those of each machine while Redis is killed, and one again afterwards', async () => {
    const redis = await createRedis()
    await redis.start()
    const url = `redis://127.0.0.1:${redis.port}`
    const servers = [await createServer(url), await createServer(url)]
    for (const server of servers) await knowing(2, server.redis)
    const all = servers.map(({ limits }) => limits)
    await redis.kill()
    expect(await acceptedBy(all, 'bo')).toBe(2000)
    await redis.start()
    for (const server of servers)
      await expect.poll(() => server.redis.samples().isConnected, { timeout: 60_000, interval: 50 }).toBe(true)
    // A few seconds more, each server counts by itself.
    let round = 0
    await expect
      .poll(() => acceptedBy(all, `client ${round++}`), { timeout: 120_000, interval: 500 })
      .toBeLessThanOrEqual(1000)
  })

  it('wait for no Redis that does not answer', async () => {
    const redis = await createRedis()
    await redis.start()
    const { limits, redis: counters } = await createServer(`redis://127.0.0.1:${redis.port}`)
    redis.signal('SIGSTOP')
    onTestFinished(() => redis.signal('SIGCONT'))
    const { failed } = counters.samples()
    expect(await acceptedBy([limits], 'bo')).toBe(1000)
    // Not one for each request.
    expect(counters.samples().failed - failed).toBeLessThan(10)
  })

  it('start without Redis', async () => {
    const redis = await createRedis()
    const { limits, redis: counters } = await createServer(`redis://127.0.0.1:${redis.port}`)
    expect(counters.samples()).toMatchObject({ isConnected: false, answered: 0 })
    expect(await limits.take('sign_in', 'bo')).toMatchObject({ isExceeded: false })
  })

  it('are counted with a password, which is never logged', async () => {
    const password = 'a/b c%ä:@'
    const redis = await createRedis(['--requirepass', password])
    await redis.start()
    const { redis: counters } = await createServer(
      `redis://default:${encodeURIComponent(password)}@127.0.0.1:${redis.port}/1`,
    )
    expect(counters.samples().isConnected).toBe(true)
    const lines: string[] = []
    const log = createLogger({ level: 'trace', destination: { write: (line) => void lines.push(line) } })
    const stranger = createRedisCounters({ url: `redis://:wrong-password@127.0.0.1:${redis.port}`, log })
    onTestFinished(() => stranger.close())
    await expect.poll(() => lines.join(''), { timeout: 60_000 }).toContain('could not count requests in Redis')
    expect(lines.join('')).not.toContain('wrong-password')
    expect(stranger.samples().isConnected).toBe(false)
  })

  it('are counted over TLS, with a certificate that is checked', async (context) => {
    const folder = await temporaryFolder()
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
    ]).catch(() => skipWithout(context, 'openssl'))
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no']
    const redis = await createRedis(files, true)
    await redis.start()
    const env = { RATE_LIMIT_REDIS: `rediss://127.0.0.1:${redis.port}` }
    const trusting = await serve([], { env: { ...env, NODE_EXTRA_CA_CERTS: cert } })
    const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text()
    await expect.poll(() => metrics(trusting.url), { timeout: 60_000 }).toMatch(/^tintype_redis_connected 1$/m)
    const careful = await serve([], { env })
    await expect.poll(careful.stderr, { timeout: 60_000 }).toMatch(/self.signed certificate/)
    expect(await metrics(careful.url)).toMatch(/^tintype_redis_connected 0$/m)
  })
})
