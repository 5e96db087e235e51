// Webhooks that lead into the own network, by every notation of an address, by names, by DNS that changes, by redirects.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseAllowed } from '../../../src/core/webhooks/destination.ts'
import { createSender, type Resolve, type SenderOptions } from '../../../src/services/webhooks/sender.ts'
import { closeServer } from '../../support/webhooks/receiver.ts'

const LOOPBACK = { address: '127.0.0.1', family: 4 } as const
const PUBLIC = { address: '203.0.114.7', family: 4 } as const

/** A server in the own network, which counts the connections to it. */
const inner = async (
  answer: (url: string) => { status: number; headers?: Record<string, string> } = () => ({ status: 200 }),
) => {
  const paths: string[] = []
  let connections = 0
  const server: Server = createServer((request, response) => {
    paths.push(request.url ?? '')
    const { status, headers } = answer(request.url ?? '')
    request.resume()
    response.writeHead(status, headers).end()
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => closeServer(server))
  const address = server.address()
  return { port: portOf(address), paths, connections: () => connections }
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0

const senderOf = (options: Partial<SenderOptions> & { allow?: string } = {}) => {
  const { allow = '', ...rest } = options
  const sender = createSender({ allowed: parseAllowed(allow), timeoutMs: 30_000, ...rest })
  onTestFinished(() => sender.close())
  return (url: string) => sender.send(url, {}, '{}', new AbortController().signal)
}

const resolving = (
  ...answers: (readonly { address: string; family: number }[])[]
): Resolve & { count: () => number } => {
  let count = 0
  const resolve: Resolve = (_, callback) => {
    const found = answers[Math.min(count, answers.length - 1)] ?? []
    count += 1
    callback(null, [...found])
  }
  return Object.assign(resolve, { count: () => count })
}

const REFUSED = { status: null, error: expect.stringMatching(/^expected a host with addresses of the public Internet/) }

describe('a webhook into the own network', () => {
  it('is refused for a literal address in every notation, without a connection', async () => {
    const { port, connections } = await inner()
    const send = senderOf()
    for (const host of [
      '127.0.0.1',
      '127.0.0.1.',
      '127.1',
      '127.0.1',
      '2130706433',
      '0x7f000001',
      '0x7f.0x0.0x0.0x1',
      '0177.0.0.1',
      '017700000001',
      '0',
      '0.0.0.0',
      '①②⑦.0.0.1',
      '127。0。0。1',
      '%31%32%37.0.0.1',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '169.254.169.254',
      '10.0.0.1',
      '192.168.0.1',
      '[fe80::1]',
      '[fd00::1]',
    ])
      expect([host, await send(`http://${host}:${port}/`)]).toEqual([host, REFUSED])
    for (const zone of ['[fe80::1%25lo]', '[fe80::1%lo]'])
      expect(await send(`http://${zone}:${port}/`)).toEqual(REFUSED)
    expect(connections()).toBe(0)
  })

  it('is refused for a name that resolves to an inner address, and for localhost', async () => {
    const { port, connections } = await inner()
    for (const address of [
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      '::1',
      '::ffff:127.0.0.1',
      'fe80::1%lo',
      'fd00::1',
    ]) {
      const resolve = resolving([{ address, family: address.includes(':') ? 6 : 4 }])
      expect([address, await senderOf({ resolve })(`http://inner.example:${port}/`)]).toEqual([address, REFUSED])
      expect(resolve.count()).toBe(1)
    }
    const send = senderOf()
    for (const name of ['localhost', 'LOCALHOST', 'localhost.', 'x.localhost'])
      expect([name, await send(`http://${name}:${port}/`)]).toEqual([name, REFUSED])
    expect(connections()).toBe(0)
  })

  it('is refused for a name with a good and a bad address, in either order', async () => {
    const { port, connections } = await inner()
    for (const addresses of [
      [PUBLIC, LOOPBACK],
      [LOOPBACK, PUBLIC],
    ])
      expect(await senderOf({ resolve: resolving(addresses) })(`http://mixed.example:${port}/`)).toEqual(REFUSED)
    expect(connections()).toBe(0)
  })

  it('gains nothing by DNS that changes: the checked address is the one that is connected to', async () => {
    const { port, connections } = await inner()
    const resolve = resolving([PUBLIC], [LOOPBACK])
    const send = senderOf({ resolve, timeoutMs: 300 })
    expect(await send(`http://changing.example:${port}/`)).toMatchObject({ status: null })
    expect([resolve.count(), connections()]).toEqual([1, 0])
    // A later connection is checked by its own look-up.
    expect(await send(`http://changing.example:${port}/`)).toEqual(REFUSED)
    expect([resolve.count(), connections()]).toEqual([2, 0])
  })

  it('says the same of a name without an address, which tells nothing about names of the own network', async () => {
    const unknown: Resolve = (_, callback) => callback(Object.assign(new Error('no name'), { code: 'ENOTFOUND' }), [])
    expect(await senderOf({ resolve: unknown })('http://unknown.example/')).toEqual(REFUSED)
  })

  it('is refused for other schemes and for credentials in the URL', async () => {
    const send = senderOf({ allow: '127.0.0.1' })
    for (const url of [
      'file:///etc/passwd',
      'ftp://127.0.0.1/',
      'http://ada:secret@127.0.0.1/',
      'gopher://127.0.0.1/',
      'no URL',
    ])
      expect([url, await send(url)]).toEqual([url, REFUSED])
  })

  it('does not follow redirects', async () => {
    const { port: secret, connections } = await inner()
    for (const status of [301, 302, 303, 307, 308]) {
      const { port, paths } = await inner(() => ({
        status,
        headers: { location: `http://127.0.0.1:${secret}/secret` },
      }))
      const send = senderOf({ allow: `receiver.example`, resolve: resolving([LOOPBACK]) })
      expect(await send(`http://receiver.example:${port}/hook`)).toEqual({ status, error: null })
      expect(paths).toEqual(['/hook'])
    }
    expect(connections()).toBe(0)
  })
})

const ARRIVED = { status: 200, error: null }

describe('a webhook that WEBHOOK_ALLOW names', () => {
  it('arrives, by address, network and name', async () => {
    const { port } = await inner()
    for (const [allow, host] of [
      ['127.0.0.1', '127.0.0.1'],
      ['127.0.0.0/8', '2130706433'],
      ['127.0.0.1', '[::ffff:127.0.0.1]'],
      ['localhost', 'localhost'],
      ['127.0.0.1,::1', 'localhost'],
    ] as const)
      expect([allow, host, await senderOf({ allow })(`http://${host}:${port}/`)]).toEqual([allow, host, ARRIVED])
  })

  it('opens no other way into the own network', async () => {
    const { port, connections } = await inner()
    const others = senderOf({ allow: '127.0.0.2,10.0.0.0/8,other.example', resolve: resolving([LOOPBACK]) })
    for (const host of ['127.0.0.1', 'inner.example', 'x.other.example'])
      expect([host, await others(`http://${host}:${port}/`)]).toEqual([host, REFUSED])
    expect(connections()).toBe(0)
  })
})

describe('a receiver', () => {
  it('that answers without end or not at all costs one attempt of bounded time and memory', async () => {
    const server = createServer((request, response) => {
      request.resume()
      if (request.url === '/silent') return
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
      }
      response.on('drain', more).on('error', () => {})
      more()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => closeServer(server))
    const send = senderOf({ allow: '127.0.0.1', timeoutMs: 3000 })
    const url = `http://127.0.0.1:${portOf(server.address())}`
    expect(await send(`${url}/silent`)).toEqual({ status: null, error: 'no answer within 3 s' })
    expect(await send(`${url}/endless`)).toEqual({ status: 200, error: null })
  })

  it('that sends headers without end is left', async () => {
    const { port } = await inner(() => ({ status: 200, headers: { 'x-long': 'x'.repeat(20_000) } }))
    const sent = await senderOf({ allow: '127.0.0.1' })(`http://127.0.0.1:${port}/`)
    expect(sent).toMatchObject({ status: null, error: expect.stringContaining('UND_ERR_HEADERS_OVERFLOW') })
  })
})
