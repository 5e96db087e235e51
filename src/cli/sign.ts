// `tintype sign`: the URL of a transform with its signature.

import { defineCommand } from 'citty'
import { loadConfig } from '../config.ts'
import { TintypeError } from '../core/errors.ts'
import { parseSigningKeys, signUrl } from '../core/signature.ts'
import { fail } from './fail.ts'

const UNITS_MS = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

export const signCommand = defineCommand({
  meta: {
    name: 'sign',
    description: 'Prints a URL with a signature made by the first of SIGNING_KEYS (from the environment or .env)',
  },
  args: {
    url: {
      type: 'positional',
      description: 'Such as "https://img.example.com/projects/demo/images/<id>/render?w=320&h=180"',
      required: true,
    },
    expires: {
      type: 'string',
      valueHint: 'time',
      description: 'How long it is valid: 90s, 15m, 1h, 30d. Default: for ever',
    },
  },
  run({ args }) {
    process.stdout.write(`${signed(args.url, args.expires)}\n`)
  },
})

const signed = (url: string, expires: string | undefined): string => {
  try {
    const keys = parseSigningKeys(loadConfig().signingKeys)
    if (keys.length === 0) return fail('SIGNING_KEYS: expected the keys that the server has, got nothing')
    return signUrl(url, { keys, expiresAt: expires === undefined ? undefined : timeIn(expires) })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

const timeIn = (text: string): Date => {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const unitMs = UNITS_MS.get(unit)
  if (unitMs === undefined || Number(count) === 0)
    throw new TintypeError('invalid_parameter', `--expires: expected a time such as 90s, 15m, 1h or 30d, got "${text}"`)
  return new Date(Date.now() + Number(count) * unitMs)
}
