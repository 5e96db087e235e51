// A place in the list of projects under a seal: the id there may be that of a project that who asks must not know of.

import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { keyFor } from '../auth/session-tokens.ts'

export interface PlacesOptions {
  /** 32 bytes of which the keys are made; undefined where none was made yet. */
  secret(): Promise<Buffer | undefined>
  /** The same, made where it is missing. */
  ensureSecret(): Promise<Buffer>
}

export interface Places {
  /** Says nothing of the id, not even its length; the same text each time, so that a list keeps its ETag. */
  seal(projectId: string): Promise<string>
  /** Undefined where it was not sealed by this store. */
  open(place: string): Promise<string | undefined>
}

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Of the longest id. */
const ID_BYTES = 64

const FORM = /^[\w-]{123}$/

export const createPlaces = ({ secret, ensureSecret }: PlacesOptions): Places => ({
  async seal(projectId) {
    const of = await ensureSecret()
    // Made from the id: a nonce that came twice would be for the same text, which is what is wanted.
    const nonce = createHmac('sha256', keyFor('place_nonce', of)).update(projectId).digest().subarray(0, NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, keyFor('place', of), nonce, { authTagLength: TAG_BYTES })
    const text = cipher.update(projectId.padEnd(ID_BYTES))
    return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]).toString('base64url')
  },

  async open(place) {
    const of = FORM.test(place) ? await secret() : undefined
    if (!of) return undefined
    const bytes = Buffer.from(place, 'base64url')
    const [nonce, text] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, -TAG_BYTES)]
    try {
      const decipher = createDecipheriv(CIPHER, keyFor('place', of), nonce, { authTagLength: TAG_BYTES })
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      return `${decipher.update(text, undefined, 'utf8')}${decipher.final('utf8')}`.trimEnd()
    } catch {
      return undefined
    }
  },
})
