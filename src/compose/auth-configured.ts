// Whether a store has any way to authenticate: without one, every request may do everything (`AUTH=auto`).
//
// A file of its own, because `tintype serve` checks it before it loads the application.

import { resolve } from 'node:path'
import { anyStored } from '../stores/accounts/is-initialized.ts'
import type { ParsedOptions } from './parse-options.ts'

export type AuthConfiguration = Pick<ParsedOptions, 'storageDir' | 'apiKeys' | 'registration' | 'issuer'>

/**
 * Returns a check for API keys, open registration, an identity provider, and keys or accounts in the store. The last two
 * can be created at any time, so the check reads the folder (two `stat` calls) where nothing else is configured.
 */
export const createAuthConfigured = (options: AuthConfiguration): (() => boolean) => {
  const { storageDir = './storage', apiKeys, registration = 'closed', issuer } = options
  const root = resolve(storageDir)
  const isConfigured = apiKeys.length > 0 || registration !== 'closed' || issuer !== undefined
  return () => isConfigured || anyStored(root)
}
