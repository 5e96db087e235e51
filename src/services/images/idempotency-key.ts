// Keys and hashes of uploads: their form in the store, and the refusal of a second upload with a key that is in use.

import { createHash } from 'node:crypto'
import type { Principal } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'

/**
 * Hashes a key together with its principal, so that the store does not reveal it and other principals cannot reuse it.
 */
export const idempotencyKeyOf = (projectId: string, key: string, by: Principal | undefined): string => {
  const principal = by && 'id' in by ? [by.kind, by.id] : []
  return createHash('sha256')
    .update(JSON.stringify([projectId, key, ...principal]))
    .digest('hex')
}

export const stillRunning = (): TintypeError =>
  new TintypeError(
    'idempotency_running',
    'The first upload with this Idempotency-Key is still running. Retry in a moment.',
    { retryAfterSeconds: 1 },
  )

/** Passes a file on, and hashes it on the way. */
export async function* hashed(file: AsyncIterable<Uint8Array>, hash: { update(chunk: Uint8Array): unknown }) {
  for await (const chunk of file) {
    hash.update(chunk)
    yield chunk
  }
}
