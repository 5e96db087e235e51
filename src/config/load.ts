// The settings of a server, read from flags, the environment and .env; what is wrong with them is said all at once.

import type { z } from 'zod'
import { parsePrefetch, prefetchable } from '../core/transform/prefetch.ts'
import { parsePresets } from '../core/transform/presets.ts'
import { readEnvFile, type Texts } from './env-file.ts'
import { about, type Setting } from './setting.ts'
import { configSchema } from './settings.ts'
import { issuerMistakes } from './settings-accounts.ts'

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
  // What can only be said of two settings together.
  if (result.success && !canPrefetch(result.data)) {
    const expected = prefetchable(parsePresets(result.data.presets))
    mistakes.push(`${names.get('prefetch')}: expected ${expected}, got ${received('prefetch', given.prefetch)}`)
  }
  if (result.success && mistakes.length === 0) return result.data
  for (const { path, message } of result.error?.issues ?? []) {
    const key = String(path[0])
    mistakes.push(`${names.get(key)}: expected ${message}, got ${received(key, given[key])}`)
  }
  throw new Error(mistakes.join('\n'))
}

const canPrefetch = ({ prefetch, presets }: Config): boolean => {
  try {
    return parsePrefetch(prefetch, parsePresets(presets)).length >= 0
  } catch {
    return false
  }
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
