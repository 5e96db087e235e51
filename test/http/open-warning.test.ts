// Warning of a server that is open to other machines by accident.

import { describe, expect, it } from 'vitest'
import type { TintypeOptions } from '../../src/index.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createTestApp } from '../support/app.ts'

const warningsOf = async (options: TintypeOptions, ...requests: [from: string, headers?: Record<string, string>][]) => {
  const lines: Record<string, unknown>[] = []
  const log = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(JSON.parse(line)) } })
  const { app } = await createTestApp({ ...options, log })
  for (const [remoteAddress, headers] of requests) {
    const incoming = { httpVersionMajor: 1, url: '/projects', method: 'GET', complete: true, socket: { remoteAddress } }
    await app.request('/projects', { headers }, { incoming })
  }
  return lines.filter(({ msg }) => String(msg).startsWith('open to every client')).map(({ from }) => from)
}

describe('a request from another machine to a server without authentication', () => {
  it('is logged as a warning once', async () => {
    expect(await warningsOf({}, ['10.1.2.3'], ['10.1.2.4'], ['10.1.2.3'])).toEqual(['10.1.2.3'])
  })

  it('is distinguished from one of this machine, also behind a trusted proxy', async () => {
    expect(await warningsOf({}, ['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'])).toEqual([])
    const forwarded = { 'X-Forwarded-For': '10.1.2.3' }
    expect(await warningsOf({}, ['127.0.0.1', forwarded])).toEqual([])
    expect(await warningsOf({ trustProxy: 'loopback' }, ['127.0.0.1', forwarded])).toEqual(['10.1.2.3'])
  })

  it.each<TintypeOptions>([
    { apiKeys: 'sixteen-characters' },
    { registration: 'open' },
    { auth: 'required' },
    { auth: 'none' },
  ])('is not logged as a warning with %j', async (options) => {
    expect(await warningsOf(options, ['10.1.2.3'])).toEqual([])
  })
})
