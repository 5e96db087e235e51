// What a fault needs that not every machine has.

import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { say } from './faults/say.ts'

export interface Needs {
  /** What is skipped without it, as the line shall name it. */
  fault: string
  /** Programs that have to be found in PATH, with the Debian package that has each. */
  programs?: Record<string, string>
  /** The same for shared libraries, by their path below a folder of /usr/lib. */
  libraries?: Record<string, string>
  /** For mounts. @default false */
  root?: boolean
}

/**
 * True where something is missing; says so in one line. With TINTYPE_REQUIRE_ALL=1 every skipped test is a failure
 * (test/support/vitest/nothing-skipped.ts).
 */
export const isMissing = ({ fault, programs = {}, libraries = {}, root = false }: Needs): boolean => {
  const missing = [
    ...Object.entries(programs).filter(([program]) => !isInPath(program)),
    ...Object.entries(libraries).filter(([library]) => libraryPath(library) === undefined),
  ].map(([name, debian]) => `${name} (Debian: ${debian})`)
  if (process.platform !== 'linux') missing.unshift('Linux')
  else if (root && process.getuid?.() !== 0) missing.unshift('root')
  if (missing.length > 0) say(`${fault}: skipped, this machine lacks ${missing.join(', ')}`)
  return missing.length > 0
}

/** Debian has a folder for each kind of machine, such as /usr/lib/x86_64-linux-gnu. */
export const libraryPath = (name: string): string | undefined =>
  (existsSync('/usr/lib') ? readdirSync('/usr/lib') : [])
    .map((folder) => join('/usr/lib', folder, name))
    .find((path) => existsSync(path))

const isInPath = (program: string): boolean =>
  // Administrators' programs are not in the PATH of other users.
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
