// Folder of accounts and keys.

import { createPrivateFolder, type PrivateFolder } from '../private/folder.ts'

export type AccountsFolder = PrivateFolder

export const createAccountsFolder = (storageDir: string): AccountsFolder =>
  createPrivateFolder(storageDir, '.accounts', 'an account')
