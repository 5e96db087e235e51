// Quotas whose ledgers are files: `.accounts/usage/<hash of the owner>/<number>.json`.

import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createFileLog } from '../file/append-log.ts'
import { createPaths } from '../file/paths.ts'
import type { Store } from '../store.ts'
import { ledgerFormat } from './ledger.ts'
import { createOwnerQuota } from './owner-quota.ts'
import type { OwnerQuota } from './quota.ts'

export interface FileQuotaOptions {
  /** Folder of the store. */
  storageDir: string
  store: Store
  /** Most bytes of one owner. */
  maxBytes: number
}

/** Newest entries that stay. */
const KEPT_ENTRIES = 16

export const createFileQuota = ({ storageDir, store, maxBytes }: FileQuotaOptions): OwnerQuota => {
  const { tmp } = createPaths(storageDir)
  const usage = join(resolve(storageDir), '.accounts', 'usage')
  const folder = (owner: string): string => join(usage, createHash('sha256').update(owner).digest('hex').slice(0, 40))
  const ledger = createFileLog({
    format: ledgerFormat,
    root: resolve(storageDir),
    folder,
    // The staging area of the upload: once it was swept, nothing can be reserved for it.
    drafts: (entry) => join(tmp, entry?.reservations.at(-1)?.folder ?? ''),
    older: 'pruned',
    keep: KEPT_ENTRIES,
    // Uploads under way do not survive a power cut either.
    isDurable: false,
    // Readable by the operator alone, as the rest of `.accounts`.
    makeFolder: async (owner) => void (await mkdir(folder(owner), { recursive: true, mode: 0o700 })),
  })
  return createOwnerQuota({ store, ledger, maxBytes })
}
