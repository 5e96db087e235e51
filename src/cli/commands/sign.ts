// `tintype sign`: prints the signed URL of a transform or of an image in a private project.

import type { Command } from 'commander'
import { signUrl } from '../../core/transform/signature.ts'
import { createCommand, loadSettings } from '../command.ts'
import { timeIn } from '../duration.ts'

export const signCommand = (): Command =>
  createCommand('sign')
    .description('Print a URL signed with the first of SIGNING_KEYS (from the environment or .env).')
    .argument('<url>', 'URL of an image, or of its /render with parameters')
    .option('--expires <time>', 'Lifetime: 90s, 15m, 1h, 30d; required for a private project (default: no end)')
    .addHelpText('after', EXAMPLE)
    .action((url: string, { expires }: { expires?: string }) => {
      const { signingKeys: keys } = loadSettings({}).config
      if (keys.length === 0) throw new Error('SIGNING_KEYS: expected the keys of the server, got nothing')
      const signed = signUrl(url, { keys, expiresAt: expires === undefined ? undefined : timeIn(expires) })
      process.stdout.write(`${signed}\n`)
    })

const EXAMPLE = `
Example:
  tintype sign "https://img.example.com/projects/a/images/<id>/render?w=320"`
