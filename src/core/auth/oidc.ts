// Sign-in by an identity provider (OpenID Connect): its settings, and the paths that a sign-in leads back to.

import { isKeyUrl } from './issuer.ts'

export interface OidcSettings {
  /** URL of the provider; see {@link isOidcIssuer}. */
  issuer: string
  clientId: string
  clientSecret: string
  /** Name for people. @default host of the provider */
  name: string
  /** Address of the app, which the provider leads back to; see `parsePublicUrl`. */
  publicUrl: string
}

/** Path of the app that the provider leads back to. */
export const CALLBACK_PATH = '/auth/oidc/callback'

export const OIDC_ISSUER_RULE = 'the https URL of a provider without query, or an http one of this machine'

/** True for URLs of providers: over an unencrypted network, another one could answer in its place. */
export const isOidcIssuer = (text: string): boolean => isKeyUrl(text) && !/[?#]/.test(text)

/** Characters of a path that a sign-in leads back to. */
export const MAX_NEXT_LENGTH = 500

/**
 * Pattern of paths below this app: no host, no empty segment, and none that begins with a dot, which could lead out of the
 * path that the app is mounted under.
 */
export const NEXT_PATH =
  /^\/(?:[A-Za-z0-9_~-][A-Za-z0-9_.~%-]*(?:\/[A-Za-z0-9_~-][A-Za-z0-9_.~%-]*)*)?(?:\?[A-Za-z0-9_.~%=&+,:;!*()'-]*)?$/
