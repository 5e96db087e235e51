// Flags that npm took for itself: `npm start --port 9000` gives the server the argument `9000` alone.

import { SETTINGS } from './load.ts'
import type { Setting } from './setting.ts'

/** Scripts of package.json that pass their arguments on. */
const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['start', 'npm start --'],
  ['tintype', 'npm run tintype -- serve'],
])

/**
 * The line that says how to pass on the flags that npm took; undefined where it took none. npm sets `npm_config_<flag>` for
 * options that come before `--`.
 *
 * @param args remaining arguments of `tintype serve`
 */
export const explainNpmFlags = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined => {
  const command = SCRIPTS.get(env.npm_lifecycle_event ?? '')
  if (command === undefined || env.npm_package_name !== 'tintype') return undefined
  const taken = SETTINGS.filter((setting) => env[variableOf(setting)] !== undefined)
  if (taken.length === 0) return undefined
  const values = args.filter((arg) => !arg.startsWith('-'))
  const flags = taken.map((setting) =>
    repeated(setting, env[variableOf(setting)] ?? '', taken.length === 1 ? values[0] : undefined),
  )
  const names = taken.map(({ flag }) => `--${flag}`).join(' and ')
  return `npm took ${names} for itself; put "--" before the flags of the server: ${[command, ...flags].join(' ')}`
}

const variableOf = ({ flag }: Setting): string => `npm_config_${flag.replaceAll('-', '_')}`

/** @param text value of npm: `true` where the value was an argument of its own */
const repeated = ({ flag, unit, isSwitch, isSecret }: Setting, text: string, value?: string): string => {
  if (isSwitch && text === 'true') return `--${flag}`
  const known = text === 'true' ? value : text
  return `--${flag} ${known === undefined || isSecret ? `<${unit}>` : known}`
}
