// `tintype work`: works on the jobs of a store that a broker carries, beside the servers of that store.

import { type Command, Option } from 'commander'
import { SETTINGS } from '../../config/load.ts'
import { flagOf } from '../../config/setting.ts'
import { fail } from '../../server/fail.ts'
import { createCommand, loadSettings } from '../command.ts'
import { openLog } from '../log.ts'
import { warnOfNetworkDisk } from '../network-disk.ts'

/** Settings that are flags here too. */
const FLAGS = new Set(['STORAGE_DIR', 'STORE', 'QUEUE', 'ENCODERS', 'LOG_LEVEL', 'LOG_FORMAT'])

export const workCommand = (): Command => {
  const command = createCommand('work').description(
    'Work on the jobs of a storage folder that QUEUE carries, without an HTTP API. Every other setting is that of ' +
      '"tintype serve", from the environment or .env, and has to be the same as there.',
  )
  const options = SETTINGS.filter(({ env }) => FLAGS.has(env)).map((setting) => {
    const { flag, doc, env, initial } = setting
    const about = initial === '' ? env : `${env}, default ${initial}`
    return { flag: `--${flag}`, option: new Option(flagOf(setting, ' '), `${doc} [${about}]`) }
  })
  for (const { option } of options) command.addOption(option)
  return command.action(async (values: Record<string, string | undefined>) => {
    const given = options.map(({ flag, option }) => [flag, values[option.attributeName()]] as const)
    const flags = Object.fromEntries(given.filter(([, value]) => value !== undefined))
    const { config } = loadSettings({ flags, envFile: '.env' })
    if (config.queue === '')
      fail('expected the URL of a broker in QUEUE or --queue, got nothing; without one, servers work on their jobs')
    if (config.encoders === 0)
      fail('expected at least 1 in ENCODERS or --encoders, because a worker makes the pictures; got 0')
    const log = await openLog(config)
    warnOfNetworkDisk(config, log)
    // Imported here, so that `--help` does not load the whole application.
    const { startWork } = await import('../../server/work.ts')
    await startWork({ config, log })
  })
}
