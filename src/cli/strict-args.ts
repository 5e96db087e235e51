// Arguments that a command doesn't have are refused: citty passes over them, and a mistyped flag would do nothing.

import { parseArgs } from 'node:util'
import type { ArgsDef } from 'citty'

/** @throws Error that names the first argument that is too much, or a flag without its value */
export const refuseUnknownArgs = (rawArgs: readonly string[], known: ArgsDef): void => {
  const all = Object.entries(known)
  const flags = all.filter(([, { type }]) => type !== 'positional')
  const { positionals } = parseArgs({
    args: [...rawArgs],
    options: Object.fromEntries(
      flags.map(([name, { type }]) => [name, { type: type === 'boolean' ? 'boolean' : 'string' } as const]),
    ),
    allowPositionals: true,
  })
  const tooMany = positionals[all.length - flags.length]
  if (tooMany !== undefined) throw new Error(`expected no more arguments, got "${tooMany}"`)
}
