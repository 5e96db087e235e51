// All that is kept of people: users, their sessions, invitations, and the secret of the tokens.

import { storeError } from '../file/fs/durable.ts'
import { createAccountsFolder } from './folder.ts'
import { createInvites, type Invites } from './invites.ts'
import { ensureSecret, readSecret } from './secret.ts'
import { createFamilies, type Families } from './sessions.ts'
import { createUsers, type Users } from './users.ts'

export interface AccountStoreOptions {
  storageDir: string
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

/** Every call throws TintypeError `store_unavailable` or `storage_full` where the disk fails. */
export interface AccountStore {
  users: Users
  families: Families
  invites: Invites
  /** 32 bytes; undefined where none was made yet. */
  secret(): Promise<Buffer | undefined>
  /** The same, made where it is missing. */
  ensureSecret(): Promise<Buffer>
  /** Removes sessions that nobody can renew any more and what crashes left. @param endedMs how long ago they ended */
  sweep(endedMs: number): Promise<void>
}

export const createAccountStore = ({ storageDir, now = Date.now }: AccountStoreOptions): AccountStore => {
  const folder = createAccountsFolder(storageDir)
  const users = createUsers(folder)
  const families = createFamilies(folder)
  const invites = createInvites(folder)
  let secret: Buffer | undefined
  return {
    users: {
      get: onDisk(users.get),
      byEmail: onDisk(users.byEmail),
      create: onDisk(users.create),
      change: onDisk(users.change),
      list: onDisk(users.list),
    },
    families: {
      begin: onDisk(families.begin),
      read: onDisk(families.read),
      advance: onDisk(families.advance),
      isAlive: families.isAlive,
      end: onDisk(families.end),
      sweep: onDisk(families.sweep),
    },
    invites: {
      add: onDisk(invites.add),
      read: onDisk(invites.read),
      claim: onDisk(invites.claim),
      giveBack: onDisk(invites.giveBack),
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
      await families.sweep(now() - endedMs)
      await folder.sweep()
    }),
  }
}

/** Says of a failed system call what it means to a caller. */
const onDisk =
  <Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) =>
  async (...given: Given): Promise<Result> => {
    try {
      return await work(...given)
    } catch (error) {
      throw storeError(error)
    }
  }
