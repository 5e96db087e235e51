// Sealed cursors of the project list: encrypted and authenticated, so that clients can neither read nor choose the place
// where a page begins.

import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { isProjectId } from '../../core/names.ts'
import { keyFor } from '../auth/session-tokens.ts'

export interface SealedCursorsOptions {
  /** 32 bytes from which the keys are derived; undefined before they are made. */
  secret(): Promise<Buffer | undefined>
  /** 32 bytes in place of a secret, equal in all processes of the machine: a list must not write one. */
  fallback(): Promise<Buffer>
}

export interface SealedCursors {
  /**
   * Encrypts a position, padded so that its length is hidden too. Deterministic, so that a list keeps its ETag.
   *
   * @param text from `formatPosition`
   */
  seal(text: string): Promise<string>
  /** Decrypts a cursor to its text. Undefined where it was not sealed by this store. */
  open(cursor: string): Promise<string | undefined>
}

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Lengths of a padded text: the longest id, and the longest position of another order, rounded up to whole letters. */
const ID_BYTES = 64
const POSITION_BYTES = 242

/** Form of a cursor: of the order by id, which is that of older versions, and of any other. */
const CURSOR = /^(?:[\w-]{123}|[\w-]{360})$/

export const createSealedCursors = ({ secret, fallback }: SealedCursorsOptions): SealedCursors => ({
  async seal(text) {
    const root = (await secret()) ?? (await fallback())
    // Derived from the text, so that a nonce never serves two.
    const nonce = createHmac('sha256', keyFor('place_nonce', root)).update(text).digest().subarray(0, NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, keyFor('place', root), nonce, { authTagLength: TAG_BYTES })
    const padded = Buffer.alloc(isProjectId(text) ? ID_BYTES : POSITION_BYTES, ' ')
    padded.write(text)
    return Buffer.concat([nonce, cipher.update(padded), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  },

  async open(cursor) {
    if (!CURSOR.test(cursor)) return undefined
    const bytes = Buffer.from(cursor, 'base64url')
    // The last letter has two bits that are not part of the bytes.
    if (bytes.toString('base64url') !== cursor) return undefined
    const stored = await secret()
    return (stored && openWith(stored, bytes)) ?? openWith(await fallback(), bytes)
  },
})

/** Undefined where the cursor was sealed with another secret. */
const openWith = (root: Buffer, bytes: Buffer): string | undefined => {
  const [nonce, text] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, -TAG_BYTES)]
  try {
    const decipher = createDecipheriv(CIPHER, keyFor('place', root), nonce, { authTagLength: TAG_BYTES })
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    return `${decipher.update(text, undefined, 'utf8')}${decipher.final('utf8')}`.trimEnd()
  } catch {
    return undefined
  }
}
