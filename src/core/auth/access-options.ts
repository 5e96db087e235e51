// Options of an embedding program about access: accounts, keys, mail, identity providers.

import type { Registration } from './account.ts'
import type { AuthMode } from './auth-mode.ts'

export interface AccessOptions {
  /** Registration of accounts: `open`, `invite` (with an invitation) or `closed`. @default 'closed' */
  registration?: Registration
  /**
   * URL under which people open the app, with the path that it is mounted under, such as `https://example.com/media`. Links
   * in mails and previews of messengers lead to it. @default mail needs it; previews use the host of the request
   */
  publicUrl?: string
  /**
   * Server that sends mail, such as `smtps://user:password@smtp.example.com`: forgotten passwords can be replaced by a
   * link. Needs `mailFrom` and `publicUrl`. @default none
   */
  smtpUrl?: string
  /** Sender of mail: `pictures@example.com`, or `Pictures <pictures@example.com>`. @default none */
  mailFrom?: string
  /**
   * URL of the identity provider by which people sign in: https, or http on this machine. Needs `oidcClientId`,
   * `oidcClientSecret` and `publicUrl`, whose `/auth/oidc/callback` is the redirect URI. @default none
   */
  oidcIssuer?: string
  /** Id of this server at that provider. @default none */
  oidcClientId?: string
  /** Secret of this server at that provider. @default none */
  oidcClientSecret?: string
  /** Name of that provider for people. @default its host */
  oidcName?: string
  /**
   * URL of an identity provider's keys: https, or http on this machine. Its access tokens are accepted. Needs
   * `jwksIssuer` and `jwksAudience`. @default none
   */
  jwksUrl?: string
  /** Required `iss` of those tokens. @default none */
  jwksIssuer?: string
  /** Required `aud` of those tokens. @default none */
  jwksAudience?: string
  /**
   * Authentication of changes and of private projects; public projects can always be read. `auto`: required once there
   * is an API key, an account, open registration, an identity provider or an issuer. `required`: always. `none`: never.
   *
   * @default 'auto'
   */
  auth?: AuthMode
  /**
   * API keys beside those of `tintype key`, in a list or separated by commas: `role:secret`, or a secret of at least 16
   * characters alone for an admin. @default none
   */
  apiKeys?: readonly string[] | string
}
