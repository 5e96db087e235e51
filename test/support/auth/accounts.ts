// Account services on one folder, as the workers of a server have them, with a clock that the test sets.

import type { Registration } from '../../../src/core/auth/account.ts'
import { type AccountService, createAccountService } from '../../../src/services/auth/accounts.ts'
import type { AccountStore } from '../../../src/stores/accounts/account-store.ts'
import { createFileAccountStore } from '../../../src/stores/accounts/file-account-store.ts'
import { temporaryFolder } from '../disk/folder.ts'
import { cheapPasswords } from './passwords.ts'

export const ADA = { email: 'ada@example.com', password: 'correct horse battery' }

export interface Clock {
  /** Milliseconds since 1970. */
  ms: number
}

export interface TestAccounts {
  accounts: AccountService
  store: AccountStore
  clock: Clock
  storageDir: string
  /** Another process's view of the same folder. */
  another(): { accounts: AccountService; store: AccountStore }
}

export const START_MS = Date.UTC(2026, 4, 4, 9, 30)

/** @param passwords @default cheap to hash */
export const createTestAccounts = async (
  registration: Registration = 'open',
  passwords = cheapPasswords,
): Promise<TestAccounts> => {
  const storageDir = await temporaryFolder()
  const clock = { ms: START_MS }
  const now = () => clock.ms
  const another = () => {
    const store = createFileAccountStore({ storageDir, now })
    return { store, accounts: createAccountService({ store, passwords: passwords(), registration, now }) }
  }
  return { ...another(), another, clock, storageDir }
}
