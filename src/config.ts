// Every setting: its names, its default, what it takes and what it means. Declared, loaded and checked here only.

import { z } from 'zod'
import { accessSettings } from './config-access.ts'
import { accountSettings, issuerMistakes } from './config-accounts.ts'
import { readEnvFile, type Texts } from './config-env-file.ts'
import {
  byteCount,
  byteCountOrNone,
  folder,
  matching,
  numberOrCores,
  oneOf,
  pixelCount,
  presets,
  signingKeys,
  wholeNumber,
} from './config-kinds.ts'
import { limitSettings } from './config-limits.ts'
import { about, type Setting, setting } from './config-setting.ts'
import { MIN_KEY_LENGTH } from './core/signature.ts'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

const configSchema = z.object({
  port: setting(wholeNumber(0, 65_535), {
    env: 'PORT',
    flag: 'port',
    unit: 'port',
    initial: '8001',
    doc: 'Port to listen on; 0 takes a free one',
  }),
  host: setting(matching(/^[\w.:%-]+$/, 'an address or a host name, such as 127.0.0.1, 0.0.0.0 or ::1'), {
    env: 'HOST',
    flag: 'host',
    unit: 'address',
    initial: '127.0.0.1',
    doc: 'Address to listen on; 0.0.0.0 is every IPv4 address of the machine',
  }),
  storageDir: setting(folder, {
    env: 'STORAGE_DIR',
    flag: 'storage',
    unit: 'folder',
    initial: './storage',
    doc: 'Folder of all pictures; made where it is missing',
  }),
  workers: setting(numberOrCores(128), {
    env: 'WORKERS',
    flag: 'workers',
    unit: 'processes',
    initial: '1',
    doc: 'Server processes that share the port; cores means one per core',
  }),
  encoders: setting(numberOrCores(128), {
    env: 'ENCODERS',
    flag: 'encoders',
    unit: 'processes',
    initial: 'cores',
    doc: 'Processes that make the variants, for the whole machine; every worker has at least one',
  }),
  maxUploadBytes: setting(byteCount, {
    env: 'MAX_UPLOAD_BYTES',
    flag: 'max-upload-bytes',
    unit: 'bytes',
    initial: '25MiB',
    doc: 'Largest upload; kB, MB, GB, KiB, MiB and GiB can follow the number',
  }),
  maxPixels: setting(pixelCount, {
    env: 'MAX_PIXELS',
    flag: 'max-pixels',
    unit: 'pixels',
    initial: '100MP',
    doc: 'Most pixels of an uploaded picture; MP (million) can follow the number',
  }),
  background: setting(matching(/^#[0-9a-f]{6}$/i, 'a colour as #rrggbb, such as #ffffff'), {
    env: 'BACKGROUND',
    flag: 'background',
    unit: '#rrggbb',
    initial: '#ffffff',
    doc: 'Colour behind transparent pictures',
  }),
  maxWaiting: setting(wholeNumber(0, 100_000), {
    env: 'MAX_WAITING',
    flag: 'max-waiting',
    unit: 'uploads',
    initial: '64',
    doc: 'Uploads of one worker that may wait for an encoder; more get 503 with Retry-After',
  }),
  encodeDeadlineMs: setting(wholeNumber(100, 3_600_000), {
    env: 'ENCODE_DEADLINE_MS',
    flag: 'encode-deadline-ms',
    unit: 'ms',
    initial: '30000',
    doc: 'Time that one picture may take; then its encoder is ended and the upload gets 422',
  }),
  lockStaleMs: setting(wholeNumber(2000, 600_000), {
    env: 'LOCK_STALE_MS',
    flag: 'lock-stale-ms',
    unit: 'ms',
    initial: '10000',
    doc: 'Age at which the lock of a dead process is taken over; the same for all that share a storage folder',
  }),
  minFreeBytes: setting(byteCount, {
    env: 'MIN_FREE_BYTES',
    flag: 'min-free-bytes',
    unit: 'bytes',
    initial: '64MiB',
    doc: 'Free room on the disk below which uploads get 507 before they begin',
  }),
  cacheBytes: setting(byteCount, {
    env: 'CACHE_BYTES',
    flag: 'cache-bytes',
    unit: 'bytes',
    initial: '64MiB',
    doc: 'Memory of each worker for small pictures',
  }),
  accelRedirect: setting(matching(/^(?:off|\/[\w./~-]*)$/, 'off, or a path such as /stored'), {
    env: 'ACCEL_REDIRECT',
    flag: 'accel-redirect',
    unit: 'path',
    initial: 'off',
    doc: 'Path of the nginx location that holds the storage folder; nginx sends stored pictures then',
  }),
  diskCacheBytes: setting(byteCountOrNone, {
    env: 'DISK_CACHE_BYTES',
    flag: 'disk-cache-bytes',
    unit: 'bytes',
    initial: '2GiB',
    doc: 'Room on disk for pictures made from originals (transforms, WebP, AVIF); 0 keeps none',
  }),
  presets: setting(presets, {
    env: 'PRESETS',
    flag: 'presets',
    unit: 'presets',
    initial: '',
    doc: 'Transforms that need no signature, such as card:w=320,h=180,fit=cover;hero:w=1600,format=auto',
  }),
  signingKeys: setting(signingKeys, {
    env: 'SIGNING_KEYS',
    flag: 'signing-keys',
    unit: 'keys',
    initial: '',
    doc: `Keys of signed URLs, ${MIN_KEY_LENGTH} characters or more, separated by commas; the first signs, all are accepted`,
    isSecret: true,
  }),
  ...accessSettings,
  ...accountSettings,
  ...limitSettings,
  logLevel: setting(oneOf(LOG_LEVELS), {
    env: 'LOG_LEVEL',
    flag: 'log-level',
    unit: 'level',
    initial: 'info',
    doc: `Least important lines that are logged: ${LOG_LEVELS.join(', ')}`,
  }),
})

export type Config = z.output<typeof configSchema>

export const SETTINGS: readonly Setting[] = Object.values(configSchema.shape).flatMap(
  (schema) => about.get(schema) ?? [],
)

export interface ConfigSources {
  /** By their names, `--port`; undefined where no value followed. They win over the environment. */
  flags?: Texts
  /** Mistakes found elsewhere, such as flags that do not exist, to be reported with those found here. @default [] */
  mistakes?: readonly string[]
  /** Empty values count as not set. @default process.env */
  env?: Texts
  /** File whose values fill in what the environment lacks; it may be missing. @default '.env' */
  envFile?: string
}

/** @throws Error with one line for each mistake: the name as it was written, what was expected and what arrived. */
export const loadConfig = (sources: ConfigSources = {}): Config => {
  const { flags = {}, env = process.env, envFile = '.env' } = sources
  const mistakes = [...(sources.mistakes ?? [])]
  const file = readEnvFile(envFile, mistakes)
  const given: Record<string, string> = {}
  const names = new Map<string, string>()
  for (const [key, schema] of Object.entries(configSchema.shape)) {
    const [name, text] = find(about.get(schema), flags, env, file)
    if (text === undefined) continue
    given[key] = text
    names.set(key, name)
  }
  const result = configSchema.safeParse(given)
  if (result.success) mistakes.push(...issuerMistakes(result.data))
  if (result.success && mistakes.length === 0) return result.data
  for (const { path, message } of result.error?.issues ?? []) {
    const key = String(path[0])
    mistakes.push(`${names.get(key)}: expected ${message}, got ${received(key, given[key])}`)
  }
  throw new Error(mistakes.join('\n'))
}

const received = (key: string, text: string | undefined): string => {
  if (!text) return 'nothing'
  const isSecret = Object.entries(configSchema.shape).some(
    ([name, schema]) => name === key && about.get(schema)?.isSecret,
  )
  return isSecret ? 'something else' : `"${text}"`
}

/** The settings as environment variables, for a process that is to run with the very same ones. */
export const configEnv = (config: Config): Record<string, string> => {
  const texts = new Map(Object.entries(config))
  return Object.fromEntries(
    Object.entries(configSchema.shape).map(([key, schema]) => [about.get(schema)?.env ?? key, String(texts.get(key))]),
  )
}

const find = (setting: Setting | undefined, flags: Texts, env: Texts, file: Texts): [string, string | undefined] => {
  if (!setting) return ['', undefined]
  const flag = `--${setting.flag}`
  if (flag in flags) return [flag, flags[flag] ?? '']
  if (env[setting.env]) return [setting.env, env[setting.env]]
  return [`${setting.env} (in .env)`, file[setting.env] || undefined]
}
