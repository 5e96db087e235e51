// A server that strangers can reach does not start by accident without a way to keep them out.

import { once } from 'node:events'
import { createServer } from 'node:net'
import { createAuthConfigured } from '../compose/auth-configured.ts'
import type { Config } from '../config/load.ts'
import { isLoopback } from '../core/request/hosts.ts'
import { COMMAND } from './command-name.ts'

export type DoorSettings = Pick<Config, 'host' | 'port' | 'storageDir' | 'auth' | 'apiKeys' | 'registration' | 'issuer'>

/** Why the server must not start, in lines that say how to go on; undefined where it may. */
export const whyNotOpen = async (settings: DoorSettings): Promise<string | undefined> => {
  const { host, storageDir, auth } = settings
  if (isLoopback(host) || auth === 'none' || createAuthConfigured(settings)()) return undefined
  // Whoever asks for it has nobody let in, which is safe.
  if (auth === 'required') return undefined
  // Keys would not help somebody who has mistyped the address.
  if (!(await canListen(host))) return noAddress(host)
  return [
    `on ${host} everybody who reaches port ${settings.port} could upload and delete; set up who may, one of:`,
    `  keys        ${COMMAND} key create --name me --role admin --storage ${storageDir}`,
    '  keys        API_KEYS=<16 characters or more>, in the environment or .env',
    '  users       REGISTRATION=open, or REGISTRATION=invite',
    '  a provider  JWKS_URL, JWKS_ISSUER and JWKS_AUDIENCE of your identity provider',
    '  nothing     AUTH=none (--auth none), where something in front of it checks who is there',
    'or let it listen on this machine only: HOST=127.0.0.1',
  ].join('\n')
}

/** Where it can't be listened on. */
export const noAddress = (host: string): string =>
  `${host} is no address of this machine; choose another by --host or HOST`

/** On a port that nobody knows, for no longer than it takes to find out. */
const canListen = async (host: string): Promise<boolean> => {
  const server = createServer((socket) => socket.destroy()).listen({ host, port: 0, exclusive: true })
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
