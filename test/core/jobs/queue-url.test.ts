import { describe, expect, it } from 'vitest'
import { isQueueUrl } from '../../../src/core/jobs/queue-url.ts'

describe('the URL of a broker', () => {
  it.each([
    'amqp://localhost',
    'amqp://user:p%40ss@127.0.0.1:5672/images',
    'amqp://jörg:p%C3%A4ss@localhost',
    'amqps://[::1]:5671/%2F?heartbeat=5',
    'AMQP://broker.example',
  ])('may be %s', (url) => {
    expect(isQueueUrl(url)).toBe(true)
  })

  it.each([
    '',
    'localhost:5672',
    'http://localhost',
    'amqp://',
    'amqp:///images',
    'amqp:localhost',
    'amqp://host:port',
    'xamqp://localhost',
    'amqp://user:p%E4ss@localhost',
    'amqp://100%:pass@localhost',
  ])('is not "%s"', (url) => {
    expect(isQueueUrl(url)).toBe(false)
  })
})
