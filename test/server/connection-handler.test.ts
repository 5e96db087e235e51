// Connections in front of Node's HTTP server, on real sockets.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import type { FastAnswer } from '../../src/http/fast-path/types.ts'
import { createConnectionHandler } from '../../src/server/connection-handler.ts'

const BODY = Buffer.alloc(32 * 1024 * 1024)

const request = (url: string) => Buffer.from(`GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`)

it('hands over a flowing connection, also where its client has not read earlier answers', async () => {
  const handed = new Promise<string>((resolve) => {
    const handOver = (socket: Socket) => void socket.on('error', () => {}).on('data', (piece) => resolve(String(piece)))
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n`
    const connections = createConnectionHandler({
      answerFast: ({ url }) => (url === '/fast' ? { status: 200, route: 'r', head, body: BODY } : undefined),
      handOver,
      firstMs: 20_000,
      idleMs: 65_000,
    })
    const server = createServer((socket) => {
      connections.accept(socket)
      // As after a pause: pieces that came meanwhile are read in one turn.
      for (const url of ['/fast', '/app']) socket.push(request(url))
    }).listen(0, '127.0.0.1', () => {
      const address = server.address()
      const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
      onTestFinished(() => void client.destroy())
      onTestFinished(() => void server.close())
    })
  })
  expect(await handed).toBe(String(request('/app')))
})

it('waits for answers that come later, each before the next request, and hands over where there is none', async () => {
  const asked: string[] = []
  const settle: ((answer: FastAnswer | undefined) => void)[] = []
  let handed = ''
  const connections = createConnectionHandler({
    answerFast: ({ url = '' }) => {
      asked.push(url)
      return new Promise((resolve) => settle.push(resolve))
    },
    handOver: (socket) =>
      void socket.on('data', (piece) => {
        handed = piece.toString('latin1')
      }),
    firstMs: 20_000,
    idleMs: 65_000,
  })
  const server = createServer(connections.accept).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  let received = ''
  client.on('data', (piece) => {
    received += piece.toString('latin1')
  })
  for (const [at, url] of ['/a', '/b', '/c'].entries()) {
    client.write(request(url))
    await expect.poll(() => asked.length).toBe(at + 1)
    const head = `HTTP/1.1 304 Not Modified\r\nX-Url: ${url}\r\n\r\n`
    settle[at]?.(url === '/c' ? undefined : { status: 304, route: 'r', head, body: undefined })
    if (url !== '/c') await expect.poll(() => received).toContain(url)
  }
  await expect.poll(() => handed).toBe(String(request('/c')))
  expect(asked).toEqual(['/a', '/b', '/c'])
  expect(received.match(/X-Url: \/\w/g)).toEqual(['X-Url: /a', 'X-Url: /b'])
})

/** What answerFast is given, for pieces that come one after the other on one connection. */
const readPieces = async (pieces: readonly string[]) => {
  const seen: (readonly string[])[] = []
  let handed: string | undefined
  const connections = createConnectionHandler({
    answerFast: ({ rawHeaders }) => {
      seen.push(rawHeaders)
      return { status: 304, route: 'r', head: 'HTTP/1.1 304 Not Modified\r\n\r\n', body: undefined }
    },
    handOver: (socket) =>
      void socket.on('data', (piece) => {
        handed = piece.toString('latin1')
      }),
    firstMs: 20_000,
    idleMs: 65_000,
  })
  const accepted = new Promise<Socket>((resolve) => {
    const server = createServer(resolve).listen(0, '127.0.0.1', () => {
      const address = server.address()
      const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
      onTestFinished(() => void client.destroy())
      onTestFinished(() => void server.close())
    })
  })
  const socket = await accepted
  connections.accept(socket)
  for (const piece of pieces) {
    socket.push(Buffer.from(piece, 'latin1'))
    await setImmediate()
  }
  return { seen, handed }
}

const piece = (headers: string) => `GET / HTTP/1.1\r\n${headers}\r\n`

it('reads the headers of each request, also where they repeat or begin like those of the previous one', async () => {
  const { seen, handed } = await readPieces([
    piece('Host: a\r\n'),
    piece('Host: a\r\n'),
    piece('Host: a\r\nX: 1\r\n'),
    piece('Host: b\r\n'),
    piece(''),
    piece('Host:a \t\r\nEmpty:\r\nSpaces:  \t \r\nInner:\t a  b\t\r\n'),
  ])
  expect(seen).toEqual([
    ['Host', 'a'],
    ['Host', 'a'],
    ['Host', 'a', 'X', '1'],
    ['Host', 'b'],
    [],
    ['Host', 'a', 'Empty', '', 'Spaces', '', 'Inner', 'a  b'],
  ])
  expect(handed).toBeUndefined()
})

it.each([
  ['a tab in a value', piece('Host: a\tb\r\n')],
  ['a byte that is no ASCII', piece(`Host:${' '.repeat(4000)}\x80\r\n`)],
  ['a space before the colon', piece('Host : a\r\n')],
  ['a folded line', piece('Host: a\r\n b\r\n')],
  ['no empty line', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['something behind the empty line', `${piece('Host: a\r\n')}x`],
  ['two requests', `${piece('Host: a\r\n')}${piece('Host: a\r\n')}`],
  ['another connection', piece('Connection: close\r\n')],
  ['another version', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
  ['more than 4096 bytes', piece(`A: ${'a'.repeat(4100)}\r\n`)],
])('hands over, whole, what is not in the plainest form: %s', async (_, odd) => {
  const { seen, handed } = await readPieces([piece('Host: a\r\n'), odd])
  expect(seen).toEqual([['Host', 'a']])
  expect(handed).toBe(odd)
})
