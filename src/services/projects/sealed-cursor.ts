// Sealed cursors of the project list: encrypted, because the id can be that of a project hidden from the client.

import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { keyFor } from '../auth/session-tokens.ts'

export interface SealedCursorsOptions {
  /** 32 bytes from which the keys are derived; undefined before they are made. */
  secret(): Promise<Buffer | undefined>
  /** Makes the secret where it is missing. */
  ensureSecret(): Promise<Buffer>
  /** Secret where none can be stored, equal in all processes of the machine. @default none: sealing fails then */
  fallback?(): Promise<Buffer>
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

export const createSealedCursors = ({ secret, ensureSecret, fallback }: SealedCursorsOptions): SealedCursors => ({
  async seal(projectId) {
    // Reading works on a disk that is full or read-only.
    const root = await (fallback ? ensureSecret().catch(fallback) : ensureSecret())
    // Derived from the id, so that a nonce never serves two texts.
    const nonce = createHmac('sha256', keyFor('place_nonce', root)).update(projectId).digest().subarray(0, NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, keyFor('place', root), nonce, { authTagLength: TAG_BYTES })
    const text = cipher.update(projectId.padEnd(ID_BYTES))
    return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]).toString('base64url')
  },

  async open(cursor) {
    if (!FORM.test(cursor)) return undefined
    const bytes = Buffer.from(cursor, 'base64url')
    const stored = await secret()
    return (stored && openWith(stored, bytes)) ?? (fallback && openWith(await fallback(), bytes))
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
