// Sealed cursors of the project list: encrypted and authenticated, so that clients can neither read nor choose the place
// where a page begins.

import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { keyFor } from '../auth/session-tokens.ts'

export interface SealedCursorsOptions {
  /** 32 bytes from which the keys are derived; undefined before they are made. */
  secret(): Promise<Buffer | undefined>
  /** 32 bytes in place of a secret, equal in all processes of the machine: a list must not write one. */
  fallback(): Promise<Buffer>
}

export interface SealedCursors {
  /** Encrypts an id, padded so that its length is hidden too. Deterministic, so that a list keeps its ETag. */
  seal(projectId: string): Promise<string>
  /** Decrypts a cursor. Undefined where it was not sealed by this store. */
  open(cursor: string): Promise<string | undefined>
}

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Length of the longest id. */
const ID_BYTES = 64

const FORM = /^[\w-]{123}$/

export const createSealedCursors = ({ secret, fallback }: SealedCursorsOptions): SealedCursors => ({
  async seal(projectId) {
    const root = (await secret()) ?? (await fallback())
    // Derived from the id, so that a nonce never serves two texts.
    const nonce = createHmac('sha256', keyFor('place_nonce', root)).update(projectId).digest().subarray(0, NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, keyFor('place', root), nonce, { authTagLength: TAG_BYTES })
    const text = cipher.update(projectId.padEnd(ID_BYTES))
    return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]).toString('base64url')
  },

  async open(cursor) {
    if (!FORM.test(cursor)) return undefined
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
