// Counters in Redis, which servers on several machines share. Where Redis does not answer, each call fails at once or
// within half a second.

import type { Redis } from 'ioredis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { messageOf } from '../../core/errors.ts'
import { randomIds } from '../../core/random-id.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { RedisSamples } from '../../telemetry/sampled-metrics.ts'
import type { Limiter, LimiterOptions } from './limiter.ts'

export interface RedisCountersOptions {
  /** `redis://user:password@host:port/database`, or `rediss://`. Its credentials are never logged. */
  url: string
  log: Logger
}

export interface RedisCounters {
  /** Resolves once Redis answers, or after two seconds. */
  open(): Promise<void>
  /** A counter that rejects with another error than `RateLimiterRes` where Redis does not answer. */
  limiter(options: LimiterOptions): Limiter
  /** Processes that count in this Redis, as of some seconds ago; 1 where that is not known. */
  processes(): number
  samples(): RedisSamples
  close(): Promise<void>
}

/** Begins every key. */
const PREFIX = 'tintype:'
/** Longest wait for an answer, in milliseconds. */
const ANSWER_MS = 500
/** Longest wait for a connection, and for the first one at the start, in milliseconds. */
const CONNECT_MS = 5000
const OPEN_MS = 2000
/** Longest pause between two attempts to connect, in milliseconds. */
const LONGEST_PAUSE_MS = 5000
/** Interval at which a process shows that it lives, and the age at which it counts as gone, in milliseconds. */
const PRESENCE_MS = 5000
const GONE_MS = 20_000

/** Writes down a process by the clock of Redis, forgets those that are gone, and counts the others. */
const COUNT_PROCESSES = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('zadd', KEYS[1], now, ARGV[1])
redis.call('zremrangebyscore', KEYS[1], '-inf', now - ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[2])
return redis.call('zcard', KEYS[1])`

const newName = randomIds(12)

export const createRedisCounters = ({ url, log }: RedisCountersOptions): RedisCounters => {
  const name = newName()
  const counts = { answered: 0, failed: 0 }
  let present = 1
  let isReady = false
  let isFailing = false
  let isClosed = false

  const failed = (error: unknown): void => {
    if (isFailing || isClosed) return
    isFailing = true
    // The error itself has the command, which may be that of the password.
    log.warn({ reason: messageOf(error) }, 'could not count requests in Redis; counting for this machine alone')
  }

  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work()
      counts.answered++
      return result
    } catch (error) {
      if (error instanceof RateLimiterRes) counts.answered++
      else {
        counts.failed++
        failed(error)
      }
      throw error
    }
  }

  const connect = async (): Promise<Redis> => {
    // Loaded only where it is used.
    const { Redis } = await import('ioredis')
    const client = new Redis(url, {
      commandTimeout: ANSWER_MS,
      connectTimeout: CONNECT_MS,
      // A request does not wait for a connection.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (times) => Math.min(100 * 2 ** times, LONGEST_PAUSE_MS),
    })
    client.on('error', failed)
    client.on('close', () => {
      isReady = false
    })
    client.on('ready', () => {
      isReady = true
      if (isFailing) log.info('counting requests in Redis again')
      isFailing = false
      void countProcesses()
    })
    return client
  }

  const connected = connect()
  // Met again by each call.
  connected.catch(() => {})

  const countProcesses = async (): Promise<void> => {
    const client = await connected
    if (client.status !== 'ready') return
    const count = await client.eval(COUNT_PROCESSES, 1, `${PREFIX}processes`, name, GONE_MS).catch(() => undefined)
    if (typeof count === 'number') present = Math.max(1, count)
  }

  const timer = setInterval(() => void countProcesses(), PRESENCE_MS).unref()

  return {
    async open() {
      const client = await connected
      if (client.status === 'ready') return
      await new Promise<void>((resolve) => {
        const waiting = setTimeout(resolve, OPEN_MS)
        client.once('ready', () => {
          clearTimeout(waiting)
          resolve()
        })
      })
    },

    limiter({ keyPrefix, ...options }) {
      const made = connected.then(
        (storeClient) =>
          new RateLimiterRedis({
            ...options,
            storeClient,
            keyPrefix: PREFIX + keyPrefix,
            rejectIfRedisNotReady: true,
          }),
      )
      made.catch(() => {})
      const call = <T>(work: (limiter: RateLimiterRedis) => Promise<T>): Promise<T> =>
        counted(async () => work(await made))
      return {
        consume: (...args) => call((limiter) => limiter.consume(...args)),
        get: (...args) => call((limiter) => limiter.get(...args)),
        penalty: (...args) => call((limiter) => limiter.penalty(...args)),
        reward: (...args) => call((limiter) => limiter.reward(...args)),
        delete: (...args) => call((limiter) => limiter.delete(...args)),
      }
    },

    processes: () => present,

    samples: () => ({ isConnected: isReady, ...counts }),

    async close() {
      isClosed = true
      clearInterval(timer)
      const client = await connected
      if (client.status === 'ready') await client.zrem(`${PREFIX}processes`, name).catch(() => {})
      client.disconnect()
    },
  }
}
