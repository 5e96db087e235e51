// `tintype serve`: loads the settings, then serves in this process or supervises workers.

import cluster from 'node:cluster'
import { type Command, Option } from 'commander'
import { type Config, SETTINGS } from '../../config/load.ts'
import { flagOf } from '../../config/setting.ts'
import { bannerOf, type Started } from '../../server/banner.ts'
import { fail } from '../../server/fail.ts'
import { whyNotOpen } from '../../server/refuse-open.ts'
import { keepOldGenerationSmall } from '../../server/small-heap.ts'
import { supervise } from '../../server/supervisor.ts'
import { createCommand, loadSettings } from '../command.ts'
import { openLog } from '../log.ts'
import { warnOfNetworkDisk } from '../network-disk.ts'

export const serveCommand = (): Command => {
  const command = createCommand('serve')
    .description(
      'Serve a storage folder over HTTP. Flags win over environment variables (their names are in brackets), ' +
        'these over .env.',
    )
    .configureHelp({ formatItem: stacked })
  const options = SETTINGS.map((setting) => {
    const { flag, doc, env, initial } = setting
    const about = initial === '' ? env : `${env}, default ${initial}`
    return { flag: `--${flag}`, option: new Option(flagOf(setting, ' '), `${doc} [${about}]`) }
  })
  for (const { option } of options) command.addOption(option)
  return command.action(async (values: Record<string, string | true | undefined>) => {
    // A switch without a value is `true`.
    const given = options.map(({ flag, option }) => [flag, values[option.attributeName()]?.toString()] as const)
    await serve(Object.fromEntries(given.filter(([, value]) => value !== undefined)))
  })
}

/** Description below its flag: beside the longest flag, examples of values would not fit. */
const stacked: ReturnType<Command['createHelp']>['formatItem'] = (term, termWidth, description, help) => {
  if (description === '') return `  ${term}`
  const width = (help.helpWidth ?? termWidth) - INDENT.length
  return `  ${term}\n${help.boxWrap(description, width).replace(/^/gm, INDENT)}`
}

const INDENT = ' '.repeat(8)

const serve = async (flags: Record<string, string | undefined>): Promise<void> => {
  // A worker has all of its settings in the environment, as the supervisor read them.
  const { config, env } = loadSettings({ flags, envFile: cluster.isPrimary ? '.env' : false })
  const reason = cluster.isPrimary ? await whyNotOpen(config) : undefined
  if (reason !== undefined) fail(reason)
  const log = await openLog(config)
  if (cluster.isPrimary) warnOfNetworkDisk(config, log)
  if (config.workers > 1 && cluster.isPrimary) return supervise({ config, env, log, announce })
  keepOldGenerationSmall()
  // Imported here, so that neither a supervisor nor `--help` loads the whole application.
  const { startWorker } = await import('../../server/worker.ts')
  const worker = await startWorker({ config, log })
  if (cluster.isPrimary) announce(config, worker)
}

const announce = (config: Config, started: Started): void => {
  process.stdout.write(bannerOf(config, started))
}
