// Options of commands that work on a running server.

import { type Command, Option } from 'commander'
import { readRemoteEnv } from '../../config/remote-env.ts'
import { isProjectId, PROJECT_ID_RULE } from '../../core/names.ts'

export interface RemoteFlags {
  url?: string
  key?: string
  parallel: string
}

const DEFAULT_URL = 'http://127.0.0.1:8001'

const MOST_PARALLEL = 16

export const withRemoteOptions = (command: Command): Command =>
  command
    .addOption(new Option('--url <url>', `URL of the server [TINTYPE_URL, default ${DEFAULT_URL}]`))
    .addOption(new Option('--key <key>', 'API key for the server [TINTYPE_KEY]'))
    .addOption(new Option('--parallel <files>', `Files at once, 1 to ${MOST_PARALLEL}`).default('8'))

export interface RemoteSettings {
  url: string
  key: string | undefined
  parallel: number
}

/** @throws Error with one line for each mistake */
export const remoteSettingsOf = (projectId: string, { url, key, parallel }: RemoteFlags): RemoteSettings => {
  const env = readRemoteEnv()
  const mistakes: string[] = []
  const server = url ?? env.url ?? DEFAULT_URL
  if (!/^https?:\/\/[^?#]+$/.test(server) || !URL.canParse(server))
    mistakes.push(`--url: expected the URL of a server such as ${DEFAULT_URL}, got "${server}"`)
  if (!isProjectId(projectId)) mistakes.push(`project: expected ${PROJECT_ID_RULE}, got "${projectId}"`)
  const count = /^\d{1,2}$/.test(parallel) ? Number(parallel) : 0
  if (count < 1 || count > MOST_PARALLEL)
    mistakes.push(`--parallel: expected a number from 1 to ${MOST_PARALLEL}, got "${parallel}"`)
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
  return { url: server, key: key ?? env.key, parallel: count }
}
