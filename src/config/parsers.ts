// Parsers of settings, from the text of a flag or variable.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { type FixedKey, parseFixedKeys } from '../core/auth/api-key.ts'
import { isKeyUrl, KEY_URL_RULE } from '../core/auth/issuer.ts'
import { TintypeError } from '../core/errors.ts'
import { isQueueUrl, QUEUE_URL_RULE } from '../core/jobs/queue-url.ts'
import { type IsTrusted, parseProxies } from '../core/request/forwarded.ts'
import { type AllowedOrigins, parseOrigins } from '../core/request/origins.ts'
import { isRedisUrl, REDIS_URL_RULE } from '../core/request/redis-url.ts'
import { type Presets, readPresets } from '../core/transform/presets.ts'
import { MIN_KEY_LENGTH, parseSigningKeys } from '../core/transform/signature.ts'

const BYTE_UNITS = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
])
const PIXEL_UNITS = new Map([
  ['', 1],
  ['mp', 1e6],
])

/** Parses the text of one kind of setting. */
export interface Parser<T> {
  /** Completes "expected …" */
  expected: string
  /** Undefined where the text is not valid. */
  parse(text: string): T | undefined
  /** One line for each mistake of a text that is not valid. @default "expected …, got …" */
  explain?(text: string): readonly string[]
}

export const wholeNumber = (least: number, most: number): Parser<number> => ({
  expected: `a whole number from ${least} to ${most}`,
  parse: (text) => (/^\d+$/.test(text) ? within(Number(text), least, most) : undefined),
})

export const numberOrCores = (least: number, most: number): Parser<number> => {
  const number = wholeNumber(least, most)
  return {
    expected: `${number.expected}, or the word cores`,
    parse: (text) => (text === 'cores' ? Math.min(availableParallelism(), most) : number.parse(text)),
  }
}

export const matching = (pattern: RegExp, expected: string): Parser<string> => ({
  expected,
  parse: (text) => (pattern.test(text) ? text : undefined),
})

export const folder: Parser<string> = {
  expected: 'the path of a folder',
  parse: (text) => (text.trim() === '' || text.includes('\0') ? undefined : resolve(text)),
}

export const oneOf = <Word extends string>(words: readonly Word[]): Parser<Word> => ({
  expected: `one of ${words.join(', ')}`,
  parse: (text) => words.find((word) => word === text),
})

export const boolean: Parser<boolean> = {
  expected: 'true or false',
  parse: (text) => (text === 'true' || text === 'false' ? text === 'true' : undefined),
}

export const booleanOrAuto: Parser<boolean | 'auto'> = {
  expected: 'true, false or auto',
  parse: (text) => BOOLEANS_OR_AUTO.get(text),
}

const BOOLEANS_OR_AUTO = new Map<string, boolean | 'auto'>([
  ['true', true],
  ['false', false],
  ['auto', 'auto'],
])

const amount = (units: ReadonlyMap<string, number>, most: number, expected: string, least = 1): Parser<number> => ({
  expected,
  parse(text) {
    const [, digits, unit = ''] = /^(\d+)(?:\s*([a-z]+))?$/i.exec(text) ?? []
    const factor = digits === undefined ? undefined : units.get(unit.toLowerCase())
    return factor === undefined ? undefined : within(Number(digits) * factor, least, most)
  },
})

export const byteCountOrNone = amount(BYTE_UNITS, 2 ** 50, 'a size in bytes, such as 2GiB or 500MB; 0 for none', 0)

export const byteCount = amount(BYTE_UNITS, 2 ** 40, 'a size in bytes up to 1024GiB, such as 26214400, 25MiB or 25MB')

export const pixelCount = amount(PIXEL_UNITS, 1e9, 'a number of pixels up to 1000MP, such as 100000000 or 100MP')

/** Keys of signed URLs; none where the text is empty. */
export const signingKeys: Parser<readonly string[]> = {
  expected: `keys of at least ${MIN_KEY_LENGTH} characters, separated by commas`,
  parse: (text) => orUndefined(() => parseSigningKeys(text)),
}

/** URL of a token issuer's keys; empty for none. */
export const keyUrl: Parser<string> = {
  expected: KEY_URL_RULE,
  parse: (text) => (text === '' || isKeyUrl(text) ? text : undefined),
}

/** URL of a broker; empty for none. */
export const queueUrl: Parser<string> = {
  expected: QUEUE_URL_RULE,
  parse: (text) => (text === '' || isQueueUrl(text) ? text : undefined),
}

/** URL of a Redis; empty for none. */
export const redisUrl: Parser<string> = {
  expected: REDIS_URL_RULE,
  parse: (text) => (text === '' || isRedisUrl(text) ? text : undefined),
}

/** API keys of the environment; none where the text is empty. */
export const apiKeys: Parser<readonly FixedKey[]> = {
  expected: 'API keys, separated by commas',
  parse: (text) => orUndefined(() => parseFixedKeys(text)),
  explain(text) {
    try {
      parseFixedKeys(text)
      return []
    } catch (error) {
      return [error instanceof TintypeError ? error.message.replace(/\.$/, '') : `expected ${this.expected}`]
    }
  },
}

/** Text of a setting that is parsed together with another one. */
export const anyText: Parser<string> = { expected: 'text', parse: (text) => text }

export const presets: Parser<Presets> = {
  expected: 'presets such as card:w=320,h=180,fit=cover;hero:w=1600',
  parse(text) {
    const { presets, mistakes } = readPresets(text)
    return mistakes.length === 0 ? presets : undefined
  },
  explain: (text) => readPresets(text).mistakes,
}

export const proxies: Parser<IsTrusted> = {
  expected: 'addresses and networks such as 10.0.0.0/8, separated by commas, or loopback',
  parse: (text) => orUndefined(() => parseProxies(text)),
}

export const origins: Parser<AllowedOrigins> = {
  expected: 'origins such as https://shop.example, separated by commas, or *',
  parse: (text) => orUndefined(() => parseOrigins(text)),
}

/** Result of `parse`; undefined where it throws. */
export const orUndefined = <T>(parse: () => T): T | undefined => {
  try {
    return parse()
  } catch {
    return undefined
  }
}

const within = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined
