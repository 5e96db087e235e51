// Single requests to an engine, over sockets of the test.

import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSender, type Method } from '../../../../src/stores/s3/client/sender.ts'

const urlOf = async (server: Server): Promise<string> => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const senderFor = ({ timeoutMs = 10_000 } = {}) => {
  const sender = createSender({ timeoutMs })
  onTestFinished(() => {
    void sender.close()
  })
  return sender
}

const bodiless = (method: Method) => ({ method, headers: {}, body: undefined })

/** Counts the connections of a server. */
const counted = (listener: RequestListener) => {
  const server = createHttpServer(listener)
  const count = { connections: 0 }
  server.on('connection', () => count.connections++)
  return { server, count }
}

describe('a sender', () => {
  it.each([20_000, 65_536, 1_000_000])(
    'gives all of %i bytes of an engine that has closed the connection',
    async (bytes) => {
      const body = Buffer.alloc(bytes, 'x')
      const server = createServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`)
          socket.end(body)
        })
      })
      const url = await urlOf(server)
      const { send } = senderFor()
      const answers = await Promise.all(Array.from({ length: 8 }, () => send(url, bodiless('GET'))))
      // The engine has said all; nothing of it was read.
      await setTimeout(100)
      for (const answer of answers) expect((await answer.text()).length).toBe(body.length)
    },
  )

  it('reports a body that breaks off to its reader, and ends by it where there is none', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy())
      })
    })
    const url = await urlOf(server)
    const { send } = senderFor()
    const read = await send(url, bodiless('GET'))
    await expect(read.text()).rejects.toThrow()
    const discarded = await send(url, bodiless('GET'))
    await discarded.discard()
  })

  it('uses a connection again after a body that was read, discarded or empty', async () => {
    const { server, count } = counted(({ method }, response) =>
      response.writeHead(200, { 'content-length': '9' }).end(method === 'HEAD' ? undefined : 'some text'),
    )
    const url = await urlOf(server)
    const { send } = senderFor()
    const uses = [
      async () => expect(await (await send(url, bodiless('GET'))).text()).toBe('some text'),
      async () => (await send(url, bodiless('GET'))).discard(),
      async () => (await send(url, bodiless('HEAD'))).discard(),
      async () => expect(await text((await send(url, bodiless('GET'))).body)).toBe('some text'),
    ]
    for (const use of uses) {
      await use()
      // The connection is free behind the end of the answer.
      await setImmediate()
    }
    expect(count.connections).toBe(1)
  })

  it('does not read a long body that is discarded', async () => {
    let hasEnded = false
    const { server } = counted((_, response) => {
      response.on('close', () => {
        hasEnded = true
      })
      const piece = Buffer.alloc(65_536)
      const write = (): void => {
        while (!hasEnded) if (!response.write(piece)) return void response.once('drain', write)
      }
      write()
    })
    const url = await urlOf(server)
    const { send } = senderFor()
    await (await send(url, bodiless('GET'))).discard()
    await expect.poll(() => hasEnded).toBe(true)
  })

  it('throws after the silence that it bears, before and within an answer', async () => {
    const { server } = counted((request, response) => {
      if (request.url === '/half') response.writeHead(200, { 'content-length': '100' }).write('half')
    })
    const url = await urlOf(server)
    const { send } = senderFor({ timeoutMs: 50 })
    await expect(send(url, bodiless('GET'))).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    const answer = await send(`${url}half`, bodiless('GET'))
    await expect(answer.text()).rejects.toThrow()
  })

  it('throws after the silence of an engine that fell silent while the reader was slow', async () => {
    const { server } = counted((_, response) => {
      response.writeHead(200, { 'content-length': '10000000' }).write(Buffer.alloc(1_000_000))
    })
    const url = await urlOf(server)
    const { send } = senderFor({ timeoutMs: 50 })
    const answer = await send(url, bodiless('GET'))
    await setTimeout(200)
    await expect(answer.text()).rejects.toThrow()
  })

  it('closes its connections once the last request has ended, and sends nothing more', async () => {
    const { server, count } = counted((_, response) => response.end('text'))
    const url = await urlOf(server)
    const sender = senderFor()
    const answer = await sender.send(url, bodiless('GET'))
    let isClosed = false
    const closed = sender.close().then(() => {
      isClosed = true
    })
    await setTimeout(20)
    expect(isClosed).toBe(false)
    expect(await answer.text()).toBe('text')
    await closed
    await expect(sender.send(url, bodiless('GET'))).rejects.toThrow('are closed')
    expect(count.connections).toBe(1)
  })
})
