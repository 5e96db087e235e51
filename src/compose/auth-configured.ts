// Whether a store has any way to authenticate: without one, every request may do everything (`AUTH=auto`).
//
// A file of its own, because `tintype serve` checks it before it loads the application.

import { resolve } from 'node:path'
import { parseFixedKeys } from '../core/auth/api-key.ts'
import type { TintypeOptions } from '../options.ts'
import { anyStored } from '../stores/accounts/is-initialized.ts'

export type AuthConfiguration = Pick<TintypeOptions, 'storageDir' | 'apiKeys' | 'registration' | 'jwksUrl'>

/**
 * Returns a check for API keys, open registration, an identity provider, and keys or accounts in the store. The last two
 * can be created at any time, so the check reads the folder (two `stat` calls) where nothing else is configured.
 *
 * @throws TintypeError `invalid_parameter` where a key is malformed
 */
export const createAuthConfigured = (options: AuthConfiguration): (() => boolean) => {
  const { storageDir = './storage', apiKeys = [], registration = 'closed', jwksUrl } = options
  const root = resolve(storageDir)
  const isConfigured = parseFixedKeys(apiKeys).length > 0 || registration !== 'closed' || Boolean(jwksUrl)
  return () => isConfigured || anyStored(root)
}
