// `tintype key`: creates, lists and revokes API keys of a storage folder, also while a server uses it.

import type { Command } from 'commander'
import { ROLES } from '../../core/auth/access.ts'
import { MAX_KEY_NAME_LENGTH, parseKey } from '../../core/auth/api-key.ts'
import { messageOf } from '../../core/errors.ts'
import { isProjectId, PROJECT_ID_RULE } from '../../core/names.ts'
import { type ApiKeys, createApiKeys, type NewKey } from '../../services/auth/api-keys.ts'
import { createCommand, createGroup, jsonOption, loadStoreSettings, printJson, storageOption } from '../command.ts'
import { timeIn } from '../duration.ts'
import { keyTable, keyView } from './key-report.ts'

interface CommonOptions {
  json?: true
  storage?: string
}

interface CreateOptions extends CommonOptions {
  name?: string
  role: string
  project?: string[]
  expires?: string
}

export const keyCommand = (): Command =>
  createGroup('key')
    .description('Create, list and revoke API keys of a storage folder.')
    .addCommand(createKeyCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())

const createKeyCommand = (): Command =>
  createCommand('create')
    .description('Create a key and print it once: only its hash is stored.')
    .option('--name <name>', 'Purpose, as the list shows it (required)')
    .option('--role <role>', 'admin (everything), writer (upload, change, delete) or reader (private images)', 'writer')
    .option('--project <id>', 'Project that it is limited to; can be repeated', (id, ids: string[] = []) => [
      ...ids,
      id,
    ])
    .option('--expires <time>', 'Lifetime: 12h, 30d (default: no end)')
    .addOption(jsonOption())
    .addOption(storageOption())
    .action(async (options: CreateOptions, command: Command) => {
      // Not a requiredOption: commander would check it before it suggests a name for a misspelt one.
      if (options.name === undefined) command.error("error: required option '--name <name>' not specified")
      const { key, record } = await (await keysOf(options)).create(newKeyOf(options))
      if (options.json) return printJson({ key, ...keyView({ ...record, revoked_at: null }, Date.now()) })
      process.stdout.write(`${key}\n`)
      process.stderr.write('The key is shown only once. Send it as X-API-Key.\n')
    })

const listCommand = (): Command =>
  createCommand('list')
    .description('List the keys without their secrets.')
    .addOption(jsonOption())
    .addOption(storageOption())
    .action(async (options: CommonOptions) => {
      const keys = (await (await keysOf(options)).list()).map((key) => keyView(key, Date.now()))
      if (options.json) return printJson({ keys })
      process.stdout.write(keyTable(keys))
    })

const revokeCommand = (): Command =>
  createCommand('revoke')
    .description('Revoke a key at once, in every running server.')
    .argument('<id>', 'Id of the key, or the whole key')
    .addOption(jsonOption())
    .addOption(storageOption())
    .action(async (text: string, options: CommonOptions) => {
      const id = parseKey(text)?.id ?? text
      if (!(await (await keysOf(options)).revoke(id)))
        throw new Error(`there is no key "${id}"; "tintype key list" lists them`)
      if (options.json) return printJson({ id, revoked: true })
      process.stdout.write(`${id} is revoked\n`)
    })

const keysOf = async ({ storage }: CommonOptions): Promise<ApiKeys> => {
  const { openAccounts } = await import('../../compose/bucket/accounts.ts')
  return createApiKeys(await openAccounts(loadStoreSettings(storage)))
}

/** @throws Error with one line for each mistake */
const newKeyOf = ({ name = '', role, project, expires }: CreateOptions): NewKey => {
  const mistakes: string[] = []
  if (name.trim() === '' || name.length > MAX_KEY_NAME_LENGTH || /\p{Cc}/u.test(name))
    mistakes.push(`--name: expected 1 to ${MAX_KEY_NAME_LENGTH} characters, got "${name}"`)
  const known = ROLES.find((each) => each === role)
  if (!known) mistakes.push(`--role: expected one of ${ROLES.join(', ')}, got "${role}"`)
  for (const id of project ?? [])
    if (!isProjectId(id)) mistakes.push(`--project: expected ${PROJECT_ID_RULE}, got "${id}"`)
  const expiresAt = expires === undefined ? undefined : orMistake(() => timeIn(expires), mistakes)
  if (!known || mistakes.length > 0) throw new Error(mistakes.join('\n'))
  return { name: name.trim(), role: known, projects: project, expiresAt }
}

const orMistake = <T>(parse: () => T, mistakes: string[]): T | undefined => {
  try {
    return parse()
  } catch (error) {
    mistakes.push(messageOf(error))
    return undefined
  }
}
