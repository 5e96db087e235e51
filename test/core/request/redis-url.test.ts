import { describe, expect, it } from 'vitest'
import { isRedisUrl } from '../../../src/core/request/redis-url.ts'
import { createTintype } from '../../../src/index.ts'

describe('the URL of a Redis', () => {
  it.each([
    'redis://localhost',
    'redis://:p%40ss@127.0.0.1:6379',
    'redis://jörg:p%C3%A4ss@localhost/15',
    'rediss://[::1]:6380/',
    'REDIS://redis.example',
    'redis://localhost/12345',
  ])('may be %s', (url) => {
    expect(isRedisUrl(url)).toBe(true)
  })

  it.each([
    '',
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis:///0',
    'redis:localhost',
    'redis://host:port',
    'redis://localhost/database',
    'redis://localhost/1/2',
    'redis://localhost?db=1',
    'redis://localhost#1',
    'redis://localhost/123456',
    'xredis://localhost',
    'redis://user:p%E4ss@localhost',
    'redis://100%:pass@localhost',
  ])('is not "%s"', (url) => {
    expect(isRedisUrl(url)).toBe(false)
  })

  it('is not repeated where an option has a wrong one', () => {
    const options = { rateLimitRedis: 'redis://:secret@localhost/database' }
    expect(() => createTintype(options)).toThrow(/^rateLimitRedis: expected the URL of a Redis(?!.*secret)/)
  })
})
