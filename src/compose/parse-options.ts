// Parses the options of an embedding program that may be text, with the parsers of the settings.

import type { FixedKey } from '../core/auth/api-key.ts'
import { parseFixedKeys } from '../core/auth/api-key.ts'
import type { Issuer } from '../core/auth/issuer.ts'
import { isQueueUrl, QUEUE_URL_RULE } from '../core/jobs/queue-url.ts'
import { type IsTrusted, parseProxies } from '../core/request/forwarded.ts'
import { type AllowedOrigins, parseOrigins } from '../core/request/origins.ts'
import { parsePrefetch } from '../core/transform/prefetch.ts'
import { type Presets, parsePresets } from '../core/transform/presets.ts'
import type { Recipe } from '../core/transform/recipe.ts'
import { parseSigningKeys } from '../core/transform/signature.ts'
import { type AllowedDestinations, parseAllowed, parseDestination, URL_RULE } from '../core/webhooks/destination.ts'
import { isSecretText, SECRET_RULE, type WebhookSettings } from '../core/webhooks/model.ts'
import type { TintypeOptions } from '../options.ts'

interface ParsedValues {
  signingKeys: readonly string[]
  presets: Presets
  prefetch: readonly Recipe[]
  apiKeys: readonly FixedKey[]
  trustProxy: IsTrusted
  allowedOrigins: AllowedOrigins
  issuer: Issuer | undefined
  webhook: WebhookSettings | undefined
  webhookAllow: AllowedDestinations
}

/** Options without text to parse, as the settings of a server are. */
export interface ParsedOptions
  extends ParsedValues,
    Omit<
      TintypeOptions,
      keyof ParsedValues | 'jwksUrl' | 'jwksIssuer' | 'jwksAudience' | 'webhookUrl' | 'webhookSecret'
    > {}

/** @throws TintypeError `invalid_parameter`, Error that names the value that is not valid */
export const parseOptions = (options: TintypeOptions): ParsedOptions => {
  const { jwksUrl, jwksIssuer = '', jwksAudience = '', webhookUrl, webhookSecret, ...rest } = options
  if (options.queue && !isQueueUrl(options.queue)) throw new Error(`queue: expected ${QUEUE_URL_RULE}`)
  if (options.encoders === 0 && !options.queue) throw new Error('encoders: expected at least 1 without a queue, got 0')
  const presets = parsePresets(options.presets ?? '')
  return {
    ...rest,
    signingKeys: parseSigningKeys(options.signingKeys ?? []),
    presets,
    prefetch: parsePrefetch(options.prefetch ?? '', presets),
    apiKeys: parseFixedKeys(options.apiKeys ?? []),
    trustProxy: parseProxies(options.trustProxy ?? ''),
    allowedOrigins: parseOrigins(options.allowedOrigins ?? []),
    webhook: parseWebhook(webhookUrl, webhookSecret),
    webhookAllow: parseAllowed(options.webhookAllow ?? ''),
    issuer: jwksUrl ? { url: jwksUrl, issuer: jwksIssuer, audience: jwksAudience } : undefined,
  }
}

/** @throws Error where one of them is missing or not valid */
const parseWebhook = (url = '', secret = ''): WebhookSettings | undefined => {
  if (url === '' && secret === '') return undefined
  if (!parseDestination(url)) throw new Error(`webhookUrl: expected ${URL_RULE}`)
  if (!isSecretText(secret)) throw new Error(`webhookSecret: expected ${SECRET_RULE}`)
  return { url, secret }
}
