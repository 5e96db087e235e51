// How the text of a setting becomes a value.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseFixedKeys } from '../core/auth/api-key.ts'
import { isKeyUrl, KEY_URL_RULE } from '../core/auth/issuer.ts'
import { TintypeError } from '../core/errors.ts'
import { parseProxies } from '../core/request/forwarded.ts'
import { parseOrigins } from '../core/request/origins.ts'
import { readPresets } from '../core/transform/presets.ts'
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

/** Reads one kind of value from text, undefined where the text is none. */
export interface Kind<T> {
  expected: string
  /** What is wrong with a text that can't be read, a line for each mistake. @default `expected` */
  mistakes?(text: string): readonly string[]
  read(text: string): T | undefined
}

export const wholeNumber = (least: number, most: number): Kind<number> => ({
  expected: `a whole number from ${least} to ${most}`,
  read: (text) => (/^\d+$/.test(text) ? within(Number(text), least, most) : undefined),
})

export const numberOrCores = (most: number): Kind<number> => {
  const number = wholeNumber(1, most)
  return {
    expected: `${number.expected}, or the word cores`,
    read: (text) => (text === 'cores' ? Math.min(availableParallelism(), most) : number.read(text)),
  }
}

export const matching = (pattern: RegExp, expected: string): Kind<string> => ({
  expected,
  read: (text) => (pattern.test(text) ? text : undefined),
})

export const folder: Kind<string> = {
  expected: 'the path of a folder',
  read: (text) => (text.trim() === '' || text.includes('\0') ? undefined : resolve(text)),
}

export const oneOf = <Word extends string>(words: readonly Word[]): Kind<Word> => ({
  expected: `one of ${words.join(', ')}`,
  read: (text) => words.find((word) => word === text),
})

const amount = (units: ReadonlyMap<string, number>, most: number, expected: string, least = 1): Kind<number> => ({
  expected,
  read(text) {
    const [, digits, unit] = /^(\d+)\s*([a-z]*)$/i.exec(text) ?? []
    const factor = unit === undefined ? undefined : units.get(unit.toLowerCase())
    return factor === undefined ? undefined : within(Number(digits) * factor, least, most)
  },
})

export const byteCountOrNone = amount(BYTE_UNITS, 2 ** 50, 'a size in bytes, such as 2GiB or 500MB; 0 for none', 0)

export const byteCount = amount(BYTE_UNITS, 2 ** 40, 'a size in bytes up to 1024GiB, such as 26214400, 25MiB or 25MB')

export const pixelCount = amount(PIXEL_UNITS, 1e9, 'a number of pixels up to 1000MP, such as 100000000 or 100MP')

/** Keys, checked and kept as they were written, so that they can be handed on. */
export const signingKeys: Kind<string> = {
  expected: `keys of at least ${MIN_KEY_LENGTH} characters, separated by commas`,
  read: (text) => (orUndefined(() => parseSigningKeys(text)) ? text : undefined),
}

/** Where the keys of a token issuer are published; empty for none. */
export const keyUrl: Kind<string> = {
  expected: KEY_URL_RULE,
  read: (text) => (text === '' || isKeyUrl(text) ? text : undefined),
}

/** API keys, checked and kept as they were written. */
export const apiKeys: Kind<string> = {
  expected: 'API keys, separated by commas',
  mistakes(text) {
    try {
      parseFixedKeys(text)
      return []
    } catch (error) {
      return [`${this.expected}; ${error instanceof TintypeError ? error.message : 'they cannot be read'}`]
    }
  },
  read: (text) => (orUndefined(() => parseFixedKeys(text)) ? text : undefined),
}

/** Checked elsewhere. */
export const anyText: Kind<string> = { expected: 'text', read: (text) => text }

/** Presets, checked and kept as they were written. */
export const presets: Kind<string> = {
  expected: 'presets such as card:w=320,h=180,fit=cover;hero:w=1600',
  mistakes: (text) => readPresets(text).mistakes,
  read: (text) => (readPresets(text).mistakes.length === 0 ? text : undefined),
}

/** Proxies, checked and kept as they were written. */
export const proxies: Kind<string> = {
  expected: 'addresses and networks such as 10.0.0.0/8, separated by commas, or loopback',
  read: (text) => (orUndefined(() => parseProxies(text)) ? text : undefined),
}

/** Origins, checked and kept as they were written. */
export const origins: Kind<string> = {
  expected: 'origins such as https://shop.example, separated by commas, or *',
  read: (text) => (orUndefined(() => parseOrigins(text)) ? text : undefined),
}

const orUndefined = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}

const within = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined
