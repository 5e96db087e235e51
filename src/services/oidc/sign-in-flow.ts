// A sign-in under way at an identity provider: sealed in a cookie of the browser that began it, so that nothing is stored.

import { EncryptJWT, jwtDecrypt } from 'jose'
import { z } from 'zod'
import type { AccountStore } from '../../stores/accounts/account-store.ts'
import { keyFor } from '../auth/session-tokens.ts'

/** Secrets of a sign-in under way. */
export interface SignInFlow {
  /** Names the sign-in in the answer of the provider (RFC 6749 section 10.12). */
  state: string
  /** Names the sign-in in the ID token. */
  nonce: string
  /** Proves to the provider who began the sign-in (RFC 7636). */
  verifier: string
  /** Path below the app that it leads back to. */
  next: string
}

export interface SignInFlows {
  seal(flow: SignInFlow): Promise<string>
  /** Undefined where the text was not sealed here, or longer than {@link FLOW_SECONDS} ago. */
  open(sealed: string): Promise<SignInFlow | undefined>
}

export interface SignInFlowsOptions {
  store: Pick<AccountStore, 'secret' | 'ensureSecret'>
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

/** Time for a sign-in at the provider, in seconds. */
export const FLOW_SECONDS = 600

/** `typ` of the sealed text, so that another one encrypted with the key is not accepted. */
const TYPE = 'oidc-flow'

const flowSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() })

export const createSignInFlows = ({ store, now = Date.now }: SignInFlowsOptions): SignInFlows => ({
  async seal({ ...flow }) {
    return new EncryptJWT(flow)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: TYPE })
      .setExpirationTime(Math.floor(now() / 1000) + FLOW_SECONDS)
      .encrypt(keyFor('oidc', await store.ensureSecret()))
  },

  async open(sealed) {
    const secret = await store.secret()
    if (!secret) return undefined
    try {
      const { payload } = await jwtDecrypt(sealed, keyFor('oidc', secret), {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        typ: TYPE,
        requiredClaims: ['exp'],
        currentDate: new Date(now()),
      })
      return flowSchema.parse(payload)
    } catch {
      return undefined
    }
  },
})
