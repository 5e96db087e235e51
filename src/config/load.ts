// Loads the settings from flags, the environment and .env, parses them, and reports all mistakes at once.

import { z } from 'zod'
import type { Issuer } from '../core/auth/issuer.ts'
import type { MailSettings } from '../core/auth/mail.ts'
import type { OidcSettings } from '../core/auth/oidc.ts'
import { messageOf, TintypeError } from '../core/errors.ts'
import { parsePrefetch, prefetchable } from '../core/transform/prefetch.ts'
import type { Recipe } from '../core/transform/recipe.ts'
import type { WebhookSettings } from '../core/webhooks/model.ts'
import { bucketOf, fallbackOf, sourcesOf } from './bucket.ts'
import { type EnvFile, readEnvFile, type Texts } from './env-file.ts'
import { type Setting, settingOf } from './setting.ts'
import { settings } from './settings.ts'

export const SETTINGS: readonly Setting[] = Object.values(settings).flatMap((each) => settingOf.get(each) ?? [])

export type Config = ReturnType<typeof combine>

export interface ConfigSources {
  /**
   * Values of flags by name, `--port`; undefined where no value followed. They override the environment. @default {}
   */
  flags?: Texts
  /** Mistakes found by the caller, to be reported with those found here. @default [] */
  mistakes?: readonly string[]
  /** Empty values count as not set. @default process.env */
  env?: Texts
  /** File for values that the environment lacks; it may be missing. False reads none. @default '.env' */
  envFile?: string | false
}

export interface LoadedConfig {
  config: Config
  /** The settings as environment variables, for a worker process. */
  env: Readonly<Record<string, string>>
  /** Probable mistakes in the .env file, one line each. */
  warnings: readonly string[]
}

/**
 * Loads the settings. @throws Error with one line for each mistake: its name, the expected value and the received one
 */
export const loadConfig = (sources: ConfigSources = {}): LoadedConfig => {
  const { flags = {}, env = process.env, envFile = '.env' } = sources
  const mistakes = [...(sources.mistakes ?? [])]
  const file = envFile === false ? NO_FILE : orMistake(envFile, mistakes)
  const texts: Record<string, string> = {}
  const names = new Map<string, string>()
  const variables: Record<string, string> = {}
  for (const [key, each] of Object.entries(settings)) {
    const about = settingOf.get(each)
    if (!about) continue
    const [name, text] = find(about, flags, env, file.texts)
    names.set(key, name)
    if (text !== undefined) texts[key] = text
    variables[about.env] = text ?? about.initial
  }
  const { data, error } = schema.safeParse(texts)
  for (const { path, message } of error?.issues ?? []) mistakes.push(`${names.get(String(path[0]))}: ${message}`)
  if (data === undefined || mistakes.length > 0) throw new Error([...mistakes, ...file.warnings].join('\n'))
  return { config: data, env: variables, warnings: file.warnings }
}

const NO_FILE: EnvFile = { texts: {}, warnings: [] }

const orMistake = (path: string, mistakes: string[]): EnvFile => {
  try {
    return readEnvFile(path, SETTINGS)
  } catch (error) {
    mistakes.push(`${path}: expected a file of settings, got ${messageOf(error)}`)
    return NO_FILE
  }
}

/** Finds the text of a setting, undefined where it is not set, with the name by which it was given. */
const find = (setting: Setting, flags: Texts, env: Texts, file: Texts): [string, string | undefined] => {
  const flag = `--${setting.flag}`
  if (flag in flags) return [flag, flags[flag] ?? '']
  if (env[setting.env]) return [setting.env, env[setting.env]]
  if (file[setting.env]) return [`${setting.env} (in .env)`, file[setting.env]]
  return [setting.env, undefined]
}

type Parsed = z.output<z.ZodObject<typeof settings>>

/** Settings whose values depend on each other, parsed together. */
const combine = (parsed: Parsed, context: z.RefinementCtx) => {
  const { accelRedirect, prefetch, jwksUrl, jwksIssuer, jwksAudience, webhookUrl, webhookSecret, ...others } = parsed
  const { store, s3Endpoint, s3Region, s3PathStyle, s3CreateBucket, awsRegion, awsAccessKeyId, ...rest } = others
  const { awsSecretAccessKey, awsSessionToken, bucketCacheDir, bucketCacheBytes, staleSeconds, ...further } = rest
  const { smtpUrl, mailFrom, publicUrl, fallback, takeOver, localBytes, ...last } = further
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcName, ...own } = last
  return {
    ...own,
    bucket: bucketOf(parsed, context),
    fallback: fallbackOf(parsed, context),
    sources: sourcesOf(parsed, context),
    accelRedirect: accelRedirect === 'off' ? undefined : accelRedirect,
    prefetch: recipesOf(parsed, context),
    issuer: issuerOf(parsed, context),
    publicUrl: publicUrl || undefined,
    mail: mailOf(parsed, context),
    oidc: oidcOf(parsed, context),
    webhook: webhookOf(parsed, context),
    encoders: encodersOf(parsed, context),
  }
}

/** Requires a broker where pictures are made by other processes. */
const encodersOf = ({ encoders, queue }: Parsed, context: z.RefinementCtx): number => {
  const message = 'expected at least 1 where QUEUE is not set, because "tintype work" is reached over it; got 0'
  if (encoders === 0 && queue === '') context.addIssue({ code: 'custom', path: ['encoders'], message })
  return encoders
}

const recipesOf = ({ prefetch, presets }: Parsed, context: z.RefinementCtx): readonly Recipe[] => {
  try {
    return parsePrefetch(prefetch, presets)
  } catch (error) {
    if (!(error instanceof TintypeError)) throw error
    const message = `expected ${prefetchable(presets)}, got "${prefetch}"`
    context.addIssue({ code: 'custom', path: ['prefetch'], message })
    return []
  }
}

/** Requires all three values or none: tokens are checked by all of them. */
const issuerOf = (parsed: Parsed, context: z.RefinementCtx): Issuer | undefined => {
  const texts = { jwksUrl: parsed.jwksUrl, jwksIssuer: parsed.jwksIssuer, jwksAudience: parsed.jwksAudience }
  const given = Object.entries(texts).flatMap(([key, text]) => (text === '' ? [] : (ISSUER_ENV.get(key) ?? [])))
  if (given.length === 0) return undefined
  for (const [key, text] of Object.entries(texts)) {
    if (text !== '') continue
    const message = `expected a value, because ${given.join(' and ')} is set, got nothing`
    context.addIssue({ code: 'custom', path: [key], message })
  }
  return { url: parsed.jwksUrl, issuer: parsed.jwksIssuer, audience: parsed.jwksAudience }
}

const ISSUER_ENV = new Map([
  ['jwksUrl', 'JWKS_URL'],
  ['jwksIssuer', 'JWKS_ISSUER'],
  ['jwksAudience', 'JWKS_AUDIENCE'],
])

/** Requires all three values where mail is sent. */
const mailOf = ({ smtpUrl, mailFrom, publicUrl }: Parsed, context: z.RefinementCtx): MailSettings | undefined => {
  if (smtpUrl === '' && mailFrom === '') return undefined
  const because = smtpUrl === '' ? 'MAIL_FROM' : 'SMTP_URL'
  for (const [key, text] of Object.entries({ smtpUrl, mailFrom, publicUrl })) {
    if (text !== '') continue
    const message = `expected a value, because ${because} is set, got nothing`
    context.addIssue({ code: 'custom', path: [key], message })
  }
  return { smtpUrl, from: mailFrom, publicUrl }
}

/** Requires all of them where one is set; a name alone is of no use. */
const oidcOf = (parsed: Parsed, context: z.RefinementCtx): OidcSettings | undefined => {
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcName, publicUrl } = parsed
  const given = Object.entries({ oidcIssuer, oidcClientId, oidcClientSecret, oidcName }).find(([, text]) => text !== '')
  if (!given) return undefined
  for (const [key, text] of Object.entries({ oidcIssuer, oidcClientId, oidcClientSecret, publicUrl })) {
    if (text !== '') continue
    const message = `expected a value, because ${OIDC_ENV.get(given[0])} is set, got nothing`
    context.addIssue({ code: 'custom', path: [key], message })
  }
  return { issuer: oidcIssuer, clientId: oidcClientId, clientSecret: oidcClientSecret, name: oidcName, publicUrl }
}

const OIDC_ENV = new Map([
  ['oidcIssuer', 'OIDC_ISSUER'],
  ['oidcClientId', 'OIDC_CLIENT_ID'],
  ['oidcClientSecret', 'OIDC_CLIENT_SECRET'],
  ['oidcName', 'OIDC_NAME'],
])

/** Requires both values or none: a receiver cannot tell messages without a signature from others. */
const webhookOf = ({ webhookUrl, webhookSecret }: Parsed, context: z.RefinementCtx): WebhookSettings | undefined => {
  if (webhookUrl === '' && webhookSecret === '') return undefined
  const [path, other] = webhookUrl === '' ? ['webhookUrl', 'WEBHOOK_SECRET'] : ['webhookSecret', 'WEBHOOK_URL']
  if (webhookUrl === '' || webhookSecret === '')
    context.addIssue({
      code: 'custom',
      path: [path],
      message: `expected a value, because ${other} is set, got nothing`,
    })
  return { url: webhookUrl, secret: webhookSecret }
}

const schema = z.object(settings).transform(combine)
