// An engine in memory for tests, whose clock they set forward: every age in a bucket is by the engine's clock, so an hour
// passes at once.

import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { BucketOptions } from '../../../src/stores/s3/client/bucket.ts'
import { CEPH_KEYS } from '../processes/ceph.mjs'
import { createEngine, type EngineControls } from './memory-engine.mjs'

export interface MemoryEngine extends EngineControls {
  endpoint: string
}

/** Options of a bucket in an engine. */
export const memoryOptions = (endpoint: string): BucketOptions & { endpoint: string } => ({
  endpoint,
  bucket: 'pictures',
  region: 'us-east-1',
  credentials: () => Promise.resolve(CEPH_KEYS),
})

/** Starts an engine that has every bucket. It ends with the test. */
export const startMemoryEngine = async (): Promise<MemoryEngine> => {
  const { server, ...engine } = createEngine()
  return { endpoint: await listening(server), ...engine }
}

let shared: Promise<string> | undefined

/** URL of the engine of all tests of this process, which does not keep it alive. */
export const sharedEngine = (): Promise<string> => {
  shared ??= listen(
    createEngine()
      .server.unref()
      .on('connection', (socket) => socket.unref()),
  )
  return shared
}

/** URL of a server on a free port, which ends with the test. */
export const listening = async (server: Server): Promise<string> => {
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return listen(server)
}

const listen = async (server: Server): Promise<string> => {
  // Clients may keep their connections for as long as they like.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${portOf(server.address())}`
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' ? (address?.port ?? 0) : 0
