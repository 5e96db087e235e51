#!/usr/bin/env node
// The `tintype` command.

import { stripVTControlCharacters } from 'node:util'
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runMain } from 'citty'
import { fail } from '../server/fail.ts'
import { version } from '../version.ts'
import { doctorCommand } from './commands/doctor.ts'
import { keyCommand } from './commands/key.ts'
import { openapiCommand } from './commands/openapi.ts'
import { serveCommand } from './commands/serve.ts'
import { signCommand } from './commands/sign.ts'
import { userCommand } from './commands/user.ts'

const subCommands = {
  serve: serveCommand,
  doctor: doctorCommand,
  sign: signCommand,
  key: keyCommand,
  user: userCommand,
  openapi: openapiCommand,
}

const tintype = defineCommand({
  meta: { name: 'tintype', version, description: 'A database-free image store for projects' },
  subCommands,
})

/** As citty writes it, without colours where nobody looks at a terminal. */
const showUsage = async <T extends ArgsDef>(command: CommandDef<T>, parent?: CommandDef<T>): Promise<void> => {
  const usage = `${await renderUsage(command, parent)}\n`
  process.stdout.write(process.stdout.isTTY ? usage : stripVTControlCharacters(usage).replace(/ +$/gm, ''))
}

// A reader that has seen enough (`tintype openapi | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const rawArgs = process.argv.slice(2)
const name = rawArgs.find((arg) => !arg.startsWith('-'))
if (name !== undefined && !Object.hasOwn(subCommands, name))
  fail(`expected a command (${Object.keys(subCommands).join(', ')}), got "${name}"; "tintype --help" explains them`)
await runMain(tintype, { rawArgs, showUsage })
