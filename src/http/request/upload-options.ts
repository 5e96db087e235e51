// What a client may ask of an upload besides storing it.

import { invalidParameter } from '../../core/parameters.ts'
import { clip } from '../../core/text.ts'
import type { Context } from '../context.ts'
import { onlyOne } from './params.ts'

/** Characters of an `Idempotency-Key`. */
export const MAX_KEY_LENGTH = 255

const KEY = new RegExp(`^[ -~]{1,${MAX_KEY_LENGTH}}$`)

/** On an answer that was given before. */
export const REPLAY_HEADER = 'Idempotent-Replay'

/** @throws TintypeError `invalid_parameter` */
export const idempotencyKeyOf = (c: Context): string | undefined => {
  const key = c.req.header('idempotency-key')
  if (key !== undefined && !KEY.test(key))
    throw invalidParameter('Idempotency-Key', `1 to ${MAX_KEY_LENGTH} printable ASCII characters`, clip(key))
  return key
}

/** @throws TintypeError `invalid_parameter` */
export const dedupeOf = (c: Context): boolean => {
  const dedupe = onlyOne(c, 'dedupe')
  if (dedupe !== undefined && dedupe !== 'true' && dedupe !== 'false')
    throw invalidParameter('dedupe', ['true', 'false'], clip(dedupe))
  return dedupe === 'true'
}
