// Refuses to start a server that other machines can reach while it has no authentication.

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { createAuthConfigured, isConfigured } from '../compose/auth-configured.ts'
import type { Config } from '../config/load.ts'
import { isLoopback } from '../core/request/hosts.ts'

export type OpenSettings = Pick<
  Config,
  'host' | 'port' | 'storageDir' | 'auth' | 'apiKeys' | 'registration' | 'issuer' | 'oidc'
> &
  Partial<Pick<Config, 'bucket' | 'readOnly'>>

/** The `tintype` command as it is called here: an npm script in a clone, npx where the package is installed. */
const COMMAND = existsSync(new URL('../../src/cli/prepare.mjs', import.meta.url))
  ? 'npm run --silent tintype --'
  : 'npx tintype'

/** The reason not to start, in lines that list the ways out; undefined where the server may start. */
export const whyNotOpen = async (settings: OpenSettings): Promise<string | undefined> => {
  const { host, storageDir, bucket, auth } = settings
  if (isLoopback(host) || auth === 'none' || (await isClosed(settings))) return undefined
  // Without accounts and keys this refuses every change, which is safe.
  if (auth === 'required') return undefined
  // Authentication does not help where the address is mistyped.
  if (!(await canListen(host))) return noAddress(host)
  return [
    `on ${host} every client that reaches port ${settings.port} could upload and delete; set up authentication, one of:`,
    `  keys        ${COMMAND} key create --name me --role admin${bucket ? '' : ` --storage ${storageDir}`}`,
    '  keys        API_KEYS=<16 characters or more>, in the environment or .env',
    '  users       REGISTRATION=open, or REGISTRATION=invite',
    '  a provider  OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, by which people sign in',
    '  a provider  JWKS_URL, JWKS_ISSUER and JWKS_AUDIENCE of your identity provider',
    '  nothing     AUTH=none (--auth none), where a proxy in front of it authenticates',
    'or let it listen on this machine only: HOST=127.0.0.1',
  ].join('\n')
}

/** True where requests are authenticated. @throws TintypeError `store_unavailable` where a bucket does not answer */
const isClosed = async (settings: OpenSettings): Promise<boolean> => {
  if (!settings.bucket || isConfigured(settings)) return createAuthConfigured(settings)()
  const { isBucketClaimed } = await import('../compose/bucket/accounts.ts')
  const { bucket, readOnly } = settings
  return isBucketClaimed(readOnly === true ? { ...bucket, create: false } : bucket)
}

/** The error of an address that cannot be listened on. */
export const noAddress = (host: string): string =>
  `${host} is no address of this machine; choose another by --host or HOST`

/** Listens on a free port and closes it at once. */
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
