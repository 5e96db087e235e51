// Open access of a store in a folder: every request may do everything, as long as the store has no way to authenticate.
//
// A file of its own, because `tintype serve` checks it before it loads the application.

import { resolve } from 'node:path'
import { createIsUnclaimed, hasKeysOrUsers } from '../stores/accounts/has-keys-or-users.ts'
import type { ParsedOptions } from './parse-options.ts'

export type AuthConfiguration = Pick<ParsedOptions, 'storageDir' | 'apiKeys' | 'registration' | 'issuer' | 'oidc'>

/**
 * Returns a check for API keys, open registration, an identity provider, and keys or accounts in the store. The last
 * two can be created at any time, so the check reads the folder (two `stat` calls) where nothing else is configured.
 */
export const createAuthConfigured = (options: AuthConfiguration): (() => boolean) => {
  const { storageDir = './storage' } = options
  return isConfigured(options) ? () => true : () => hasKeysOrUsers(resolve(storageDir))
}

/**
 * Whether access is open now. Authentication that is set up at run time closes it for good, also where it is removed.
 *
 * @param isUnclaimed true until the store has keys or users. @default by the folder
 */
export const createIsOpen = (
  options: AuthConfiguration & Pick<ParsedOptions, 'auth'>,
  isUnclaimed?: () => boolean,
): (() => boolean) => {
  const { storageDir = './storage', auth = 'auto' } = options
  if (auth !== 'auto') return () => auth === 'none'
  return isConfigured(options) ? () => false : (isUnclaimed ?? createIsUnclaimed(resolve(storageDir)))
}

/** True where access does not depend on the keys and users of the store. */
export const isConfigured = ({
  apiKeys,
  registration = 'closed',
  issuer,
  oidc,
}: Omit<AuthConfiguration, 'storageDir'>): boolean =>
  apiKeys.length > 0 || registration !== 'closed' || issuer !== undefined || oidc !== undefined
