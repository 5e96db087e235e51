// Connections in front of Node's HTTP server, on real sockets.

import { connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createFront } from '../../src/cli/front.ts'

const BODY = Buffer.alloc(32 * 1024 * 1024)

const request = (url: string) => Buffer.from(`GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`)

it('hands a connection over flowing, also where its client has not read the answers before', async () => {
  const handed = new Promise<string>((resolve) => {
    const handOver = (socket: Socket) => void socket.on('error', () => {}).on('data', (piece) => resolve(String(piece)))
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n`
    const front = createFront({
      answerFast: ({ url }) => (url === '/fast' ? { status: 200, route: 'r', head, body: BODY } : undefined),
      handOver,
      firstMs: 20_000,
      idleMs: 65_000,
    })
    const server = createServer((socket) => {
      front.accept(socket)
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
