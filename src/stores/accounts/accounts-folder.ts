// Folder of accounts and keys.

import { createPrivateFolder } from '../private/folder.ts'
import type { RecordFolder } from '../private/record-folder.ts'

export const createAccountsFolder = (storageDir: string): RecordFolder =>
  createPrivateFolder(storageDir, '.accounts', 'an account')
