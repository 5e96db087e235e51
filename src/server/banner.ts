// Lines on standard output at the start and at the end of a server.

import { isIPv6 } from 'node:net'
import type { Config } from '../config/load.ts'
import { storeUrlOf } from '../core/bucket-settings.ts'
import { version } from '../version.ts'

const EVERY_ADDRESS = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
])

/** A server that listens. */
export interface Started {
  /** The port in use, where the setting is 0. */
  port: number
  /** True where it takes no changes. */
  isReadOnly: boolean
}

/** Message of a worker to the supervisor, before it listens. */
export const READ_ONLY = { tintype: 'read_only' } as const

/** True for the message {@link READ_ONLY}. */
export const saysReadOnly = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'tintype' in message && message.tintype === READ_ONLY.tintype

export const bannerOf = (config: Config, { port, isReadOnly }: Started): string => {
  const { host, storageDir, bucket, workers, gallery } = config
  const url = `http://${EVERY_ADDRESS.get(host) ?? (isIPv6(host) ? `[${host}]` : host)}:${port}`
  const everywhere = EVERY_ADDRESS.has(host) ? ', and every other address of this machine' : ''
  return `
  Tintype ${version}${workers > 1 ? `, ${workers} workers` : ''}

${gallery ? `  gallery   ${url}\n` : ''}  address   ${url}${everywhere}
  files     ${bucket ? storeUrlOf(bucket) : storageDir}${isReadOnly ? ' (read-only: changes are refused)' : ''}
  docs      ${url}/docs
  try       curl ${isReadOnly ? `${url}/projects` : `-F file=@photo.jpg ${url}/projects/demo/images`}

  Ctrl-C stops it; uploads under way are finished first.

`
}

export const printStopped = (): void => void process.stdout.write('  Tintype has stopped.\n\n')
