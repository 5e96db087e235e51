// The base of all commands: strict options and arguments, help of at most 80 columns, errors in one format.

import { Command, Option } from 'commander'
import { type Config, type LoadedConfig, loadConfig } from '../config/load.ts'
import { printError } from '../server/fail.ts'
import { assertKnownFormat } from '../stores/file/format.ts'

const HELP_COLUMNS = 80

export const createCommand = (name: string): Command => {
  const command = new Command(name)
  const columns = () => Math.min(process.stdout.columns ?? HELP_COLUMNS, HELP_COLUMNS)
  return command
    .helpOption('-h, --help', 'Print this help')
    .helpCommand(false)
    .configureOutput({
      getOutHelpWidth: columns,
      getErrHelpWidth: columns,
      outputError: (text) => printError(`${sentenceOf(text)}; "${pathOf(command)} --help" lists what it takes`),
    })
}

/** The base of commands that have commands of their own: `help <command>` prints the help of one. */
export const createGroup = (name: string): Command =>
  createCommand(name).helpCommand('help [command]', 'Print the help of a command')

/** Removes "error:", and joins the suggestion to the line. */
const sentenceOf = (text: string): string =>
  text
    .replace(/^error: /, '')
    .trim()
    .replace(/\.?\n\(Did you mean (.*)\?\)$/, ', did you mean $1?')
    .replace(/\.$/, '')

const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()

export const storageOption = (): Option => new Option('--storage <folder>', 'Folder of the store [STORAGE_DIR]')

export const jsonOption = (): Option => new Option('--json', 'Print one JSON document instead of lines')

/**
 * Loads the settings and prints the warnings of .env. @param sources with values of flags by their names, `--port`
 *
 * @throws Error with one line for each mistake
 */
export const loadSettings = (sources: Parameters<typeof loadConfig>[0]): LoadedConfig => {
  const loaded = loadConfig(sources)
  for (const warning of loaded.warnings) printError(`warning: ${warning}`)
  return loaded
}

/** Settings of a command that works on a store without a server. @throws TintypeError where its format is newer */
export const loadStoreSettings = (storage: string | undefined): Config => {
  const { config } = loadSettings({ flags: storage === undefined ? {} : { '--storage': storage } })
  if (!config.bucket) assertKnownFormat(config.storageDir)
  return config
}

export const printJson = (document: unknown): void =>
  void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
