// A TCP proxy on loopback that loses answers: the request has arrived whole, and the client never learns what came of it.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface CuttingProxy {
  url: string
  /** Cuts the connections of the next answers in place of passing these on. */
  cut(answers: number): void
  /** Passes on this many uploads, and keeps back further ones until the returned function is called. */
  holdUploadsAfter(uploads: number): () => void
  /** Connections that were cut. */
  cuts(): number
}

/** Beginning of an upload's head. */
const UPLOAD = 'POST /projects/'

/** Passes on to a port of this machine, until the end of the test. */
export const startCuttingProxy = async (port: number): Promise<CuttingProxy> => {
  let toCut = 0
  let cuts = 0
  let toPass = Number.POSITIVE_INFINITY
  let released = Promise.resolve()
  const sockets = new Set<Socket>()

  const server = createServer((client) => {
    const upstream = connect({ port, host: '127.0.0.1' })
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.once('close', end).on('error', end)
    }
    client.on('data', async (chunk: Buffer) => {
      if (chunk.subarray(0, UPLOAD.length).toString() === UPLOAD && --toPass < 0) {
        client.pause()
        await released
        client.resume()
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (toCut === 0) return client.write(chunk)
      toCut--
      cuts++
      end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('expected a TCP server')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut: (answers) => {
      toCut = answers
    },
    holdUploadsAfter(uploads) {
      toPass = uploads
      let release = () => {}
      released = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        toPass = Number.POSITIVE_INFINITY
        release()
      }
    },
    cuts: () => cuts,
  }
}
