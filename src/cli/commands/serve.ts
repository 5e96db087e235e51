// `tintype serve`: reads the settings, then serves here or starts workers that do.

import cluster from 'node:cluster'
import { isatty } from 'node:tty'
import { type ArgsDef, defineCommand } from 'citty'
import { type Config, type LoadedConfig, loadConfig, SETTINGS } from '../../config/load.ts'
import { bannerOf } from '../../server/banner.ts'
import { fail } from '../../server/fail.ts'
import { whyNotOpen } from '../../server/refuse-open.ts'
import { supervise } from '../../server/supervisor.ts'
import { createLogger, type Logger } from '../../telemetry/logger.ts'
import { parseFlags } from '../flags.ts'

export const serveCommand = defineCommand({
  meta: {
    name: 'serve',
    description: 'Serves a storage folder over HTTP. Flags win over the environment [NAME], that over .env',
  },
  args: flagsOfSettings(),
  async run({ rawArgs }) {
    const { config, env } = settingsFrom(rawArgs)
    const reason = cluster.isPrimary ? await whyNotOpen(config) : undefined
    if (reason !== undefined) fail(reason)
    const log = await openLog(config)
    if (config.workers > 1 && cluster.isPrimary) return supervise({ config, env, log, announce })
    // Loaded here, so that neither a supervisor nor `--help` carries the whole application.
    const { startWorker } = await import('../../server/worker.ts')
    const worker = await startWorker({ config, log })
    if (cluster.isPrimary) announce(config, worker.port)
  },
})

function flagsOfSettings(): ArgsDef {
  return Object.fromEntries(
    SETTINGS.map(({ flag, env, unit, initial, doc }) => [
      flag,
      { type: 'string', valueHint: unit, description: `${doc} [${env}]`, default: initial } as const,
    ]),
  )
}

const settingsFrom = (rawArgs: string[]): LoadedConfig => {
  try {
    // A worker has all of its settings in the environment, as the supervisor read them.
    return loadConfig({ ...parseFlags(rawArgs), envFile: cluster.isPrimary ? '.env' : false })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

/** To standard error: standard output is for the banner. */
const openLog = async ({ logLevel: level, logFormat }: Config): Promise<Logger> => {
  const { fd } = process.stderr
  const isTerminal = isatty(fd)
  if (logFormat === 'json' || (logFormat === 'auto' && !isTerminal)) return createLogger({ level, fd })
  const { prettyDestination } = await import('../../telemetry/pretty.ts')
  return createLogger({ level, destination: prettyDestination({ fd, colours: isTerminal }) })
}

const announce = (config: Config, port: number): void => {
  process.stdout.write(bannerOf(config, port))
}
