// Parses the options of an embedding program that may be text, with the parsers of the settings.

import type { FixedKey } from '../core/auth/api-key.ts'
import { parseFixedKeys } from '../core/auth/api-key.ts'
import type { Issuer } from '../core/auth/issuer.ts'
import { type IsTrusted, parseProxies } from '../core/request/forwarded.ts'
import { type AllowedOrigins, parseOrigins } from '../core/request/origins.ts'
import { parsePrefetch } from '../core/transform/prefetch.ts'
import { type Presets, parsePresets } from '../core/transform/presets.ts'
import type { Recipe } from '../core/transform/recipe.ts'
import { parseSigningKeys } from '../core/transform/signature.ts'
import type { TintypeOptions } from '../options.ts'

interface ParsedValues {
  signingKeys: readonly string[]
  presets: Presets
  prefetch: readonly Recipe[]
  apiKeys: readonly FixedKey[]
  trustProxy: IsTrusted
  allowedOrigins: AllowedOrigins
  issuer: Issuer | undefined
}

/** Options without text to parse, as the settings of a server are. */
export interface ParsedOptions
  extends ParsedValues,
    Omit<TintypeOptions, keyof ParsedValues | 'jwksUrl' | 'jwksIssuer' | 'jwksAudience'> {}

/** @throws TintypeError `invalid_parameter`, Error that names the value that is not valid */
export const parseOptions = (options: TintypeOptions): ParsedOptions => {
  const { jwksUrl, jwksIssuer = '', jwksAudience = '', ...rest } = options
  const presets = parsePresets(options.presets ?? '')
  return {
    ...rest,
    signingKeys: parseSigningKeys(options.signingKeys ?? []),
    presets,
    prefetch: parsePrefetch(options.prefetch ?? '', presets),
    apiKeys: parseFixedKeys(options.apiKeys ?? []),
    trustProxy: parseProxies(options.trustProxy ?? ''),
    allowedOrigins: parseOrigins(options.allowedOrigins ?? []),
    issuer: jwksUrl ? { url: jwksUrl, issuer: jwksIssuer, audience: jwksAudience } : undefined,
  }
}
