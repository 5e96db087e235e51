// Whether a client speaks TLS, and where it is: as a trusted proxy says.

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { parseProxies } from '../../../src/core/request/forwarded.ts'
import { type Env, viewOf } from '../../../src/http/context.ts'
import { createClientAddress } from '../../../src/http/middleware/client-address.ts'

const ask = async (from: string, headers: Record<string, string>, url = 'http://test/') => {
  const client = createClientAddress(parseProxies('loopback'))
  const app = new Hono<Env>().get('/', (c) =>
    c.json([client.isSecure(viewOf(c), c.req.url), client.addressOf(viewOf(c))]),
  )
  const incoming = { httpVersionMajor: 1, socket: { remoteAddress: from } }
  return (await app.request(url, { headers }, { incoming })).json()
}

describe('a client', () => {
  it.each([
    ['behind a trusted proxy with TLS', '127.0.0.1', { 'X-Forwarded-Proto': 'https' }, true],
    ['behind a trusted proxy without TLS', '127.0.0.1', { 'X-Forwarded-Proto': 'http' }, false],
    ['with a forged header before that of the proxy', '127.0.0.1', { 'X-Forwarded-Proto': 'https, http' }, false],
    ['behind an untrusted proxy', '10.0.0.1', { 'X-Forwarded-Proto': 'https' }, false],
    ['without a proxy', '10.0.0.1', {}, false],
  ])('%s: TLS', async (_, from, headers, isSecure) => {
    expect(await ask(from, headers)).toMatchObject([isSecure, from])
  })

  it('connected to this server over TLS', async () => {
    expect(await ask('10.0.0.1', {}, 'https://test/')).toEqual([true, '10.0.0.1'])
  })

  it('has the address that the proxy appended', async () => {
    expect(await ask('127.0.0.1', { 'X-Forwarded-For': '6.6.6.6, 9.9.9.9' })).toEqual([false, '9.9.9.9'])
  })
})

describe('parsed addresses', () => {
  const isTrusted = parseProxies('loopback')
  const from = (peer: string, forwardedFor?: string) => ({
    method: 'GET',
    target: '/',
    header: (name: string) => (name === 'x-forwarded-for' ? forwardedFor : undefined),
    socket: { remoteAddress: peer },
  })

  it('are cached by peer and header, each for itself', () => {
    const client = createClientAddress(isTrusted)
    for (let time = 0; time < 2; time++)
      for (const [peer, forwardedFor, address, network] of [
        ['127.0.0.1', '6.6.6.6', '6.6.6.6', '6.6.6.6'],
        ['127.0.0.1', '7.7.7.7', '7.7.7.7', '7.7.7.7'],
        ['127.0.0.1', '2001:db8::1', '2001:db8::1', '2001:db8::/64'],
        ['127.0.0.1', undefined, '127.0.0.1', '127.0.0.1'],
        ['10.0.0.1', '6.6.6.6', '10.0.0.1', '10.0.0.1'],
      ] as const)
        expect([client.addressOf(from(peer, forwardedFor)), client.networkOf(from(peer, forwardedFor))]).toEqual([
          address,
          network,
        ])
  })

  it('of long headers are parsed each time', () => {
    let parsed = 0
    const client = createClientAddress((address) => {
      parsed++
      return isTrusted(address)
    })
    const parsedFor = (forwardedFor: string) => {
      client.addressOf(from('127.0.0.1', forwardedFor))
      const before = parsed
      expect(client.addressOf(from('127.0.0.1', forwardedFor))).toBe('9.9.9.9')
      return parsed - before
    }
    expect(parsedFor('9.9.9.9'.padStart(200 - '127.0.0.1 '.length))).toBe(0)
    expect(parsedFor('9.9.9.9'.padStart(201 - '127.0.0.1 '.length))).toBeGreaterThan(0)
  })
})
