// A process that works on the jobs of a store and the pictures of its servers, without an HTTP API.

import { availableParallelism } from 'node:os'
import { TintypeError } from '../../core/errors.ts'
import { type EncoderPool, PRIORITIES } from '../../image/encoder.ts'
import { createRemoteServer } from '../../image/remote/remote-server.ts'
import { createAmqpCallServer } from '../../queues/amqp/call-server.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import { version } from '../../version.ts'
import { buildAuth } from '../auth.ts'
import { buildEncoders } from '../encoders.ts'
import { buildFoundation, type Foundation } from '../foundation.ts'
import { buildImages } from '../images.ts'
import { buildJobs } from '../jobs.ts'
import type { ParsedOptions } from '../parse-options.ts'
import { buildProjects } from '../projects.ts'
import { buildStore } from '../store.ts'
import { type Broker, buildBroker } from './broker.ts'
import { buildChangeHints } from './change-hints.ts'

export interface Work {
  /** Resolves once the store is open. @throws TintypeError `store_unavailable` */
  ready: Promise<void>
  /** True where the store is read-only: there is nothing to work on. */
  isReadOnly(): boolean
  /** Finishes the jobs that an encoder has begun; the others wait again. */
  close(): Promise<void>
}

export const createWork = (options: ParsedOptions): Work => {
  const foundation = buildFoundation(options, createMetrics({ version }))
  const broker = buildBroker(foundation)
  const auth = buildAuth(foundation)
  const stored = buildStore(foundation, auth.open)
  const encoders = buildEncoders(foundation, broker, stored.ready)
  const { limits, variants, renders } = buildImages(foundation, stored, encoders)
  const { closeJobs } = buildJobs(foundation, stored, { limits, variants }, encoders, broker)
  // Writes the hints by which other processes hear of projects that change here.
  const { closeCatalogue } = buildProjects(foundation, stored, auth)
  buildChangeHints(broker, stored, { isListening: false })
  const { store, ready } = stored
  // Servers on other machines have no folder in common with this one: their pictures are theirs.
  const closeCalls = broker && !foundation.bucket ? serveCalls(foundation, broker, encoders) : async () => {}
  return {
    ready,
    isReadOnly: store.isReadOnly,
    async close() {
      await ready.catch(() => {})
      await Promise.all([closeJobs(), closeCalls()])
      await encoders.close()
      await broker?.connection.close()
      await renders.close()
      await auth.close()
      await closeCatalogue()
      await stored.close()
    },
  }
}

/** Makes the pictures of servers without encoders. @returns takes no further ones, and finishes those under way */
const serveCalls = (
  { options, storageDir }: Foundation,
  { connection, prefix }: Broker,
  encoders: EncoderPool,
): (() => Promise<void>) => {
  const ending = new AbortController()
  const { close } = createAmqpCallServer({
    connection,
    prefix,
    lanes: PRIORITIES,
    // One more than there are encoders, so that none waits for a message.
    atOnce: (options.encoders ?? availableParallelism()) + 1,
    handle: createRemoteServer({ encoders, storageDir, signal: ending.signal }),
  })
  return () => {
    ending.abort(new TintypeError('shutting_down', 'The worker is shutting down.'))
    return close()
  }
}
