// `tintype user`: the operator's way to create and disable accounts, on the storage folder itself.

import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { Config } from '../../config/load.ts'
import { isEmail, isName, isPassword, MAX_NAME_LENGTH, PASSWORD_RULE } from '../../core/auth/account.ts'
import type { UserAdmin } from '../../services/auth/user-admin.ts'
import { createCommand, createGroup, loadStoreSettings, storageOption } from '../command.ts'
import { timeIn } from '../duration.ts'

interface StorageOptions {
  storage?: string
}

interface PasswordOptions extends StorageOptions {
  passwordStdin?: true
}

interface CreateOptions extends PasswordOptions {
  name?: string
}

interface InviteOptions extends StorageOptions {
  email?: string
  expires: string
}

export const userCommand = (): Command =>
  createGroup('user')
    .description('Create, list and disable accounts of a storage folder, and create invitations.')
    .addCommand(createUserCommand())
    .addCommand(listCommand())
    .addCommand(disableCommand())
    .addCommand(enableCommand())
    .addCommand(passwordCommand())
    .addCommand(inviteCommand())

const createUserCommand = (): Command =>
  withPassword(createCommand('create'))
    .description('Create an account, whatever REGISTRATION is.')
    .option('--name <name>', 'Display name of the user')
    .action(async (email: string, options: CreateOptions) => {
      const { admin, newPassword } = await openUsers(options)
      const address = checkedEmail(email)
      const name = options.name === undefined ? null : checkedName(options.name)
      const given = options.passwordStdin ? await readPassword() : undefined
      const password = given ?? newPassword()
      const user = await admin.create({ email: address, password, name })
      print(`${user.email} has an account: ${user.id}`)
      if (given === undefined) print(`password: ${password}`)
    })

const listCommand = (): Command =>
  createCommand('list')
    .description('List all accounts: id, e-mail address, time of creation, state, name.')
    .addOption(storageOption())
    .action(async (options: StorageOptions) => {
      const { admin } = await openUsers(options)
      for (const { id, email, name, created_at, disabled } of await admin.list())
        print([id, email, created_at, ...(disabled ? ['disabled'] : []), ...(name === null ? [] : [name])].join('  '))
    })

const disableCommand = (): Command =>
  forUser(createCommand('disable'))
    .description('End all sessions of a user at once and refuse to sign them in.')
    .action(async (email: string, options: StorageOptions) => {
      const { admin } = await openUsers(options)
      print(`${(await admin.setDisabled(email, true)).email} is disabled`)
    })

const enableCommand = (): Command =>
  forUser(createCommand('enable'))
    .description('Let a disabled user sign in again.')
    .action(async (email: string, options: StorageOptions) => {
      const { admin } = await openUsers(options)
      print(`${(await admin.setDisabled(email, false)).email} can sign in`)
    })

const passwordCommand = (): Command =>
  withPassword(createCommand('password'))
    .description('Set another password for a user and end all their sessions.')
    .action(async (email: string, options: PasswordOptions) => {
      const { admin, newPassword } = await openUsers(options)
      const given = options.passwordStdin ? await readPassword() : undefined
      const password = given ?? newPassword()
      const user = await admin.setPassword(email, password)
      print(`${user.email} has another password`)
      if (given === undefined) print(`password: ${password}`)
    })

const inviteCommand = (): Command =>
  createCommand('invite')
    .description('Print an invitation code for one registration (REGISTRATION=invite).')
    .option('--email <address>', 'The only address that can use it (default: any)')
    .option('--expires <time>', 'Lifetime: 90s, 15m, 1h, 30d', '7d')
    .addOption(storageOption())
    .action(async (options: InviteOptions) => {
      const { admin, config } = await openUsers(options)
      const email = options.email === undefined ? null : checkedEmail(options.email)
      print(await admin.invite(email, timeIn(options.expires).getTime()))
      // The settings of running servers are not in the store, so this is a condition and not a finding.
      if (config.registration === 'closed')
        process.stderr.write('The code can be used while the server runs with REGISTRATION=invite.\n')
    })

const forUser = (command: Command): Command =>
  command.argument('<email>', 'E-mail address of the user').addOption(storageOption())

const withPassword = (command: Command): Command =>
  forUser(command).option('--password-stdin', 'Read the password from standard input (default: make and print one)')

interface Users {
  admin: UserAdmin
  newPassword(): string
  config: Config
}

const openUsers = async ({ storage }: StorageOptions): Promise<Users> => {
  const config = loadStoreSettings(storage)
  const [{ openAccounts }, { createPasswords }, { createUserAdmin, newPassword }] = await Promise.all([
    import('../../compose/bucket/accounts.ts'),
    import('../../services/auth/passwords.ts'),
    import('../../services/auth/user-admin.ts'),
  ])
  const { store } = await openAccounts(config)
  return { admin: createUserAdmin({ store, passwords: createPasswords() }), newPassword, config }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

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
