// Encoders: processes of this one, or those of `tintype work`.

import { type EncoderPool, PRIORITIES } from '../image/encoder.ts'
import { createEncoderPool } from '../image/pool/pool.ts'
import { createRemoteEncoders } from '../image/remote/remote-pool.ts'
import { createAmqpCalls } from '../queues/amqp/calls.ts'
import type { Broker } from './background/broker.ts'
import type { Foundation } from './foundation.ts'

/** Default of {@link TintypeOptions.encodeDeadlineMs}. */
const DEADLINE_MS = 30_000

/** Time of the work on a picture beside its encoder, in milliseconds. */
const SLACK_MS = 15_000

/** @param ready resolves once the store is open */
export const buildEncoders = (
  foundation: Foundation,
  broker: Broker | undefined,
  ready: Promise<unknown>,
): EncoderPool => {
  const { options, metrics } = foundation
  if (options.encoders === 0 && broker) return buildRemoteEncoders(foundation, broker, ready)
  return createEncoderPool({
    observer: metrics.observer,
    encoders: options.encoders,
    maxPixels: options.maxPixels,
    background: options.background,
    keepSource: options.keepSource,
    deadlineMs: options.encodeDeadlineMs,
    maxWaiting: options.maxWaiting,
  })
}

const buildRemoteEncoders = (
  { options, storageDir, metrics }: Foundation,
  { connection, prefix }: Broker,
  ready: Promise<unknown>,
): EncoderPool => {
  const { encodeDeadlineMs = DEADLINE_MS, encoderWaitMs = 30_000, maxWaiting } = options
  const calls = createAmqpCalls({
    connection,
    prefix,
    lanes: PRIORITIES,
    waitMs: encoderWaitMs,
    // An encoder that dies is tried twice.
    workMs: 2 * encodeDeadlineMs + SLACK_MS,
  })
  ready.then(connection.open, () => {})
  return createRemoteEncoders({ calls, storageDir, maxWaiting, observer: metrics.observer })
}
