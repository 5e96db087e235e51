// `tintype sign`: the URL of a transform, or of a private project's picture, with its signature.

import { defineCommand } from 'citty'
import { loadConfig } from '../../config/load.ts'
import { signUrl } from '../../core/transform/signature.ts'
import { fail } from '../../server/fail.ts'
import { timeIn } from '../duration.ts'

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
      description: 'How long it is valid: 90s, 15m, 1h, 30d; needed for a private project. Default: for ever',
    },
  },
  run({ args }) {
    process.stdout.write(`${signed(args.url, args.expires)}\n`)
  },
})

const signed = (url: string, expires: string | undefined): string => {
  try {
    const keys = loadConfig().config.signingKeys
    if (keys.length === 0) return fail('SIGNING_KEYS: expected the keys that the server has, got nothing')
    return signUrl(url, { keys, expiresAt: expires === undefined ? undefined : timeIn(expires) })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}
