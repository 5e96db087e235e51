// Accounts as records below `.accounts`.

import { onDisk } from '../private/folder.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { AccountStore } from './account-store.ts'
import { createAccountsFolder } from './accounts-folder.ts'
import { createIdentities } from './identities.ts'
import { createInvites } from './invites.ts'
import { ensureSecret, readSecret } from './secret.ts'
import { createSessions } from './sessions.ts'
import { createUsers } from './users.ts'

export interface FileAccountStoreOptions {
  /** Folder of the store. */
  storageDir: string
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export const createFileAccountStore = ({ storageDir, now }: FileAccountStoreOptions): AccountStore =>
  createAccountStore(createAccountsFolder(storageDir), now)

/** @param folder of the records, in any medium */
export const createAccountStore = (folder: RecordFolder, now = Date.now): AccountStore => {
  const users = createUsers(folder)
  const identities = createIdentities(folder)
  const sessions = createSessions(folder)
  const invites = createInvites(folder)
  let secret: Buffer | undefined
  return {
    users: {
      get: onDisk(users.get),
      current: users.current,
      byEmail: onDisk(users.byEmail),
      create: onDisk(users.create),
      draft: onDisk(users.draft),
      announce: onDisk(users.announce),
      drop: onDisk(users.drop),
      change: onDisk(users.change),
      list: onDisk(users.list),
    },
    identities: {
      userId: onDisk(identities.userId),
      lead: onDisk(identities.lead),
    },
    sessions: {
      begin: onDisk(sessions.begin),
      read: onDisk(sessions.read),
      advance: onDisk(sessions.advance),
      renewed: onDisk(sessions.renewed),
      isAlive: onDisk(sessions.isAlive),
      isAliveNow: sessions.isAliveNow,
      end: onDisk(sessions.end),
    },
    invites: {
      add: onDisk(invites.add),
      read: onDisk(invites.read),
      claim: onDisk(invites.claim),
      remove: onDisk(invites.remove),
    },
    secret: onDisk(async () => {
      secret ??= await readSecret(folder)
      return secret
    }),
    ensureSecret: onDisk(async () => {
      secret ??= await ensureSecret(folder, now())
      return secret
    }),
    sweep: onDisk(async (endedMs) => {
      await sessions.sweep(now() - endedMs)
      await folder.sweep()
    }),
  }
}
