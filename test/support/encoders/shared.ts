// One encoder process for all apps of a test file: starting one takes longer than most tests.

import type { EncoderPool } from '../../../src/image/encoder.ts'
import { createEncoderPool } from '../../../src/image/pool/pool.ts'
import { REMEMBERED } from '../vitest/temporary-files.ts'
import { rememberingEncoders } from './remembering.ts'

let pool: EncoderPool | undefined

/**
 * A pool of one process with the default settings, which does each job once in a run, see
 * {@link rememberingEncoders}. Closing it ends nothing.
 */
export const sharedEncoders = (): EncoderPool => {
  pool ??= createEncoderPool({ encoders: 1 })
  const folder = process.env[REMEMBERED]
  return { ...(folder === undefined ? pool : rememberingEncoders(pool, folder)), close: async () => {} }
}

/** Called after each test file, see vitest/close-encoders.ts. */
export const closeSharedEncoders = async (): Promise<void> => {
  await pool?.close()
  pool = undefined
}
