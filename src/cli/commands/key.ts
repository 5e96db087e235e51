// `tintype key`: makes, lists and revokes API keys of a storage folder, also while it is served.

import { parseArgs } from 'node:util'
import { defineCommand } from 'citty'
import { loadConfig } from '../../config/load.ts'
import { ROLES } from '../../core/auth/access.ts'
import { MAX_KEY_NAME_LENGTH, parseKey } from '../../core/auth/api-key.ts'
import { isProjectId, PROJECT_ID_RULE } from '../../core/names.ts'
import { fail } from '../../server/fail.ts'
import { type ApiKeys, createApiKeys, type NewKey } from '../../services/auth/api-keys.ts'
import { createFileKeys } from '../../stores/accounts/file-keys.ts'
import { timeIn } from '../duration.ts'
import { keyTable, keyView } from './key-report.ts'

const COMMON = {
  json: { type: 'boolean', description: 'Prints one JSON document instead of lines' },
  storage: { type: 'string', valueHint: 'folder', description: 'Folder of all pictures [STORAGE_DIR]' },
} as const

const ROLE_TEXT = 'admin (everything), writer (upload, change, delete pictures) or reader (look at private ones)'

const create = defineCommand({
  meta: { name: 'create', description: 'Makes a key and prints it, once: only its hash is kept' },
  args: {
    name: { type: 'string', valueHint: 'name', description: 'What it is for, as the list shows it', required: true },
    role: { type: 'string', valueHint: 'role', description: ROLE_TEXT, default: 'writer' },
    project: { type: 'string', valueHint: 'id', description: 'Only for this project; may be given several times' },
    expires: { type: 'string', valueHint: 'time', description: 'How long it is valid: 12h, 30d. Default: for ever' },
    ...COMMON,
  },
  run: ({ rawArgs }) =>
    work(async () => {
      const { json, storage, ...values } = valuesOf(rawArgs, {
        name: { type: 'string' },
        role: { type: 'string' },
        project: { type: 'string', multiple: true },
        expires: { type: 'string' },
      })
      const wanted = wantedKey(values)
      const { key, record } = await keysOf(storage).create(wanted)
      if (json) return print({ key, ...keyView({ ...record, revoked_at: null }, Date.now()) })
      process.stdout.write(`${key}\n`)
      process.stderr.write('This is the only time that the key is shown. Send it as X-API-Key.\n')
    }),
})

const list = defineCommand({
  meta: { name: 'list', description: 'Lists the keys, without their secrets' },
  args: COMMON,
  run: ({ rawArgs }) =>
    work(async () => {
      const { json, storage } = valuesOf(rawArgs, {})
      const keys = (await keysOf(storage).list()).map((key) => keyView(key, Date.now()))
      if (json) return print({ keys })
      process.stdout.write(keyTable(keys))
    }),
})

const revoke = defineCommand({
  meta: { name: 'revoke', description: 'Takes a key its power, at once and in every running server' },
  args: { id: { type: 'positional', description: 'Id of the key, or all of it', required: true }, ...COMMON },
  run: ({ rawArgs }) =>
    work(async () => {
      const { json, storage, positionals } = valuesOf(rawArgs, {})
      const [text, ...more] = positionals
      if (text === undefined || more.length > 0)
        throw new Error(`expected the id of one key, got ${positionals.length}`)
      const id = parseKey(text)?.id ?? text
      if (!(await keysOf(storage).revoke(id))) throw new Error(`there is no key "${id}"; "tintype key list" shows them`)
      if (json) return print({ id, revoked: true })
      process.stdout.write(`${id} is revoked\n`)
    }),
})

export const keyCommand = defineCommand({
  meta: { name: 'key', description: 'Makes, lists and revokes API keys' },
  subCommands: { create, list, revoke },
})

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options']

/** With the flags that all of them have. */
const valuesOf = <T extends NonNullable<Options>>(rawArgs: string[], options: T) => {
  const { values, positionals } = parseArgs({
    args: rawArgs,
    options: { ...options, json: { type: 'boolean' }, storage: { type: 'string' } },
    allowPositionals: true,
  })
  return { ...values, positionals }
}

const keysOf = (storage: string | undefined): ApiKeys => {
  const { storageDir } = loadConfig({ flags: storage === undefined ? {} : { '--storage': storage } }).config
  return createApiKeys({ keys: createFileKeys({ storageDir }) })
}

interface Wanted {
  name?: string
  role?: string
  project?: string[]
  expires?: string
  positionals: string[]
}

/** @throws Error with one line for each mistake */
const wantedKey = ({ name = '', role = 'writer', project, expires, positionals }: Wanted): NewKey => {
  const mistakes = positionals.map((text) => `${text}: expected a flag, such as --name ${text}`)
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

const orMistake = <T>(read: () => T, mistakes: string[]): T | undefined => {
  try {
    return read()
  } catch (error) {
    mistakes.push(messageOf(error))
    return undefined
  }
}

const print = (document: unknown): void => void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)

const work = async (run: () => Promise<void>): Promise<void> => {
  try {
    await run()
  } catch (error) {
    fail(`${messageOf(error)}\n"tintype key --help" explains it`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
