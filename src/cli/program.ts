// The command-line program. Imports only the command in use, so that each starts quickly.

import type { Command } from 'commander'
import { TintypeError } from '../core/errors.ts'
import { fail } from '../server/fail.ts'
import { version } from '../version.ts'
import { createCommand, createGroup } from './command.ts'

interface LazyCommand {
  name: string
  summary: string
  load(): Promise<() => Command>
}

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'serve',
    summary: 'Serve a storage folder over HTTP',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  {
    name: 'work',
    summary: 'Work on the jobs of a storage folder that a broker carries',
    load: async () => (await import('./commands/work.ts')).workCommand,
  },
  {
    name: 'doctor',
    summary: 'Check a storage folder and mend it',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'import',
    summary: 'Send the pictures of a folder, a ZIP file or a project to a server',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'export',
    summary: 'Download the images of a project into a folder or a ZIP file',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  {
    name: 'pull',
    summary: 'Keep a folder equal to the assets of a project, for builds of games',
    load: async () => (await import('./commands/pull.ts')).pullCommand,
  },
  {
    name: 'copy',
    summary: 'Copy a store to another folder or bucket',
    load: async () => (await import('./commands/copy.ts')).copyCommand,
  },
  {
    name: 'key',
    summary: 'Create, list and revoke API keys',
    load: async () => (await import('./commands/key.ts')).keyCommand,
  },
  {
    name: 'user',
    summary: 'Create, list and disable accounts; create invitations',
    load: async () => (await import('./commands/user.ts')).userCommand,
  },
  {
    name: 'sign',
    summary: 'Sign the URL of a transform or of an image in a private project',
    load: async () => (await import('./commands/sign.ts')).signCommand,
  },
  {
    name: 'openapi',
    summary: 'Print the OpenAPI document of the HTTP API as YAML',
    load: async () => (await import('./commands/openapi.ts')).openapiCommand,
  },
]

/** Runs one command line. An error ends the process with exit code 1. @param args without node and the script */
export const runCli = async (args: readonly string[]): Promise<void> => {
  const program = createGroup('tintype')
    .description('A database-free image store for projects.')
    .version(version, '--version', 'Print the version')
    .addHelpText('after', '\n"tintype <command> --help" lists the options of a command.')
  const [first, second] = args.filter((arg) => !arg.startsWith('-'))
  const used = first === HELP ? second : first
  for (const { name, summary, load } of COMMANDS) {
    const create = name === used ? await load() : () => createCommand(name)
    program.addCommand(create().summary(summary))
  }
  try {
    if (used === 'serve') await refuseNpmFlags(args)
    await program.parseAsync(withHelpFlag(program, withSplitFlags(args)), { from: 'user' })
  } catch (error) {
    fail(textOf(error))
  }
}

const HELP = 'help'

/**
 * Turns `help key create` into `key create --help`: the help command of commander knows one level, and prints the whole
 * help where a command is misspelt. A command that does not exist gets no flag, so that its name is refused.
 */
const withHelpFlag = (program: Command, args: readonly string[]): readonly string[] => {
  const [word, ...path] = args
  if (word !== HELP) return args
  let command: Command | undefined = program
  for (const name of path) command = command?.commands.find((each) => each.name() === name)
  return command ? [...path, '--help'] : path
}

/** Before the arguments are parsed: the value of a flag that npm took would be one too many. */
const refuseNpmFlags = async (args: readonly string[]): Promise<void> => {
  const { explainNpmFlags } = await import('../config/npm-flags.ts')
  const refusal = explainNpmFlags(args.slice(args.indexOf('serve') + 1))
  if (refusal !== undefined) throw new Error(refusal)
}

/**
 * Splits `--flag=value` into two arguments: commander has no suggestion for an unknown `--flg=value`, and repeats it.
 */
const withSplitFlags = (args: readonly string[]): string[] => {
  const end = args.indexOf('--')
  return args.flatMap((arg, at) => {
    const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? []
    return flag === undefined || value === undefined || (end >= 0 && at > end) ? [arg] : [flag, value]
  })
}

/** The message of an error that a user can act on, the stack of any other one. */
const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const isExpected = error instanceof TintypeError || error.constructor === Error || 'code' in error
  return isExpected ? error.message : (error.stack ?? error.message)
}
