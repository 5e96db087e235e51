// Ports on loopback: free ones, and those that take connections.

import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Below the ports that systems give to clients, and below those of Ceph in tests. */
const PORTS = { first: 10_000, count: 10_000 }

/**
 * A port that was free a moment ago. A system gives it to no client, and to no server that takes any port.
 *
 * @type {() => Promise<number>}
 */
export const freePort = async () => {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count)
    if (await isFree(port)) return port
  }
}

/** @type {(port: number) => Promise<boolean>} */
export const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/**
 * True where something on loopback takes connections.
 *
 * @type {(port: number) => Promise<boolean>}
 */
export const takesConnections = async (port) => {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
