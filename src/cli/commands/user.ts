// `tintype user`: accounts as the operator of a store makes and closes them, on the storage folder itself.

import { text } from 'node:stream/consumers'
import { type ArgsDef, defineCommand } from 'citty'
import { type Config, loadConfig } from '../../config/load.ts'
import { isEmail, isName, isPassword, MAX_NAME_LENGTH, PASSWORD_RULE } from '../../core/auth/account.ts'
import { fail } from '../../server/fail.ts'
import type { UserAdmin } from '../../services/auth/user-admin.ts'
import { timeIn } from '../duration.ts'
import { refuseUnknownArgs } from '../strict-args.ts'

const STORAGE = {
  storage: { type: 'string', valueHint: 'folder', description: 'Folder of all pictures [STORAGE_DIR]' },
} as const

const ONE_USER = {
  email: { type: 'positional', description: 'E-mail address of the user', required: true },
  ...STORAGE,
} as const

const WITH_PASSWORD = {
  ...ONE_USER,
  'password-stdin': {
    type: 'boolean',
    description: 'Reads the password from standard input. Default: one is made and printed',
  },
} as const

const NEW_USER = {
  ...WITH_PASSWORD,
  name: { type: 'string', valueHint: 'name', description: 'Name that the user goes by' },
} as const

const NEW_INVITE = {
  email: { type: 'string', valueHint: 'address', description: 'The only address that it is for. Default: any' },
  expires: { type: 'string', valueHint: 'time', description: 'How long it is valid: 90s, 15m, 1h, 30d', default: '7d' },
  ...STORAGE,
} as const

const create = defineCommand({
  meta: { name: 'create', description: 'Makes an account, whatever REGISTRATION says' },
  args: NEW_USER,
  run: ({ args, rawArgs }) =>
    withUsers(args.storage, rawArgs, NEW_USER, async ({ admin, newPassword }) => {
      const email = checkedEmail(args.email)
      const name = args.name === undefined ? null : checkedName(args.name)
      const given = args['password-stdin'] ? await readPassword() : undefined
      const password = given ?? newPassword()
      const user = await admin.create({ email, password, name })
      print(`${user.email} has an account: ${user.id}`)
      if (given === undefined) print(`password: ${password}`)
    }),
})

const list = defineCommand({
  meta: { name: 'list', description: 'Lists all accounts: id, e-mail address, when it was made, name' },
  args: STORAGE,
  run: ({ args, rawArgs }) =>
    withUsers(args.storage, rawArgs, STORAGE, async ({ admin }) => {
      for (const { id, email, name, created_at, disabled } of await admin.list())
        print([id, email, created_at, ...(disabled ? ['disabled'] : []), ...(name === null ? [] : [name])].join('  '))
    }),
})

const disable = defineCommand({
  meta: { name: 'disable', description: 'Ends all sessions of a user at once, and lets nobody sign in as them' },
  args: ONE_USER,
  run: ({ args, rawArgs }) =>
    withUsers(args.storage, rawArgs, ONE_USER, async ({ admin }) => {
      print(`${(await admin.setDisabled(args.email, true)).email} is disabled`)
    }),
})

const enable = defineCommand({
  meta: { name: 'enable', description: 'Lets a disabled user sign in again' },
  args: ONE_USER,
  run: ({ args, rawArgs }) =>
    withUsers(args.storage, rawArgs, ONE_USER, async ({ admin }) => {
      print(`${(await admin.setDisabled(args.email, false)).email} can sign in`)
    }),
})

const password = defineCommand({
  meta: { name: 'password', description: 'Gives a user another password, and ends all sessions' },
  args: WITH_PASSWORD,
  run: ({ args, rawArgs }) =>
    withUsers(args.storage, rawArgs, WITH_PASSWORD, async ({ admin, newPassword }) => {
      const given = args['password-stdin'] ? await readPassword() : undefined
      const password = given ?? newPassword()
      const user = await admin.setPassword(args.email, password)
      print(`${user.email} has another password`)
      if (given === undefined) print(`password: ${password}`)
    }),
})

const invite = defineCommand({
  meta: {
    name: 'invite',
    description: 'Prints a code with which one person can make an account (REGISTRATION=invite)',
  },
  args: NEW_INVITE,
  run: ({ args, rawArgs }) =>
    withUsers(args.storage, rawArgs, NEW_INVITE, async ({ admin, config }) => {
      const email = args.email === undefined ? null : checkedEmail(args.email)
      print(await admin.invite(email, timeIn(args.expires).getTime()))
      if (config.registration === 'closed')
        process.stderr.write('tintype: nobody can use it before the server runs with REGISTRATION=invite\n')
    }),
})

export const userCommand = defineCommand({
  meta: { name: 'user', description: 'Makes, lists and closes accounts, and invites people' },
  subCommands: { create, list, disable, enable, password, invite },
})

interface Tools {
  admin: UserAdmin
  newPassword(): string
  config: Config
}

const withUsers = async (
  folder: string | undefined,
  rawArgs: readonly string[],
  known: ArgsDef,
  work: (tools: Tools) => Promise<void>,
): Promise<void> => {
  try {
    refuseUnknownArgs(rawArgs, known)
    const { config } = loadConfig({ flags: folder === undefined ? {} : { '--storage': folder } })
    const [{ createFileAccountStore }, { createPasswords }, { createUserAdmin, newPassword }] = await Promise.all([
      import('../../stores/accounts/file-account-store.ts'),
      import('../../services/auth/passwords.ts'),
      import('../../services/auth/user-admin.ts'),
    ])
    const store = createFileAccountStore({ storageDir: config.storageDir })
    await work({ admin: createUserAdmin({ store, passwords: createPasswords() }), newPassword, config })
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const checkedEmail = (email: string): string => {
  if (!isEmail(email)) throw new Error(`expected an e-mail address, got "${email}"`)
  return email
}

const checkedName = (name: string): string => {
  if (!isName(name)) throw new Error(`--name: expected 1 to ${MAX_NAME_LENGTH} characters, got ${JSON.stringify(name)}`)
  return name
}

/** The first line, as `echo` and password managers write it. */
const readPassword = async (): Promise<string> => {
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/)
  if (!isPassword(line)) throw new Error(`expected a password of ${PASSWORD_RULE} on standard input`)
  return line
}
