// Lines on standard output at the start and at the end of a server.

import { isIPv6 } from 'node:net'
import type { Config } from '../config/load.ts'
import { version } from '../version.ts'

const EVERY_ADDRESS = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
])

/** @param port the port in use, where the setting is 0 */
export const bannerOf = ({ host, storageDir, workers }: Config, port: number): string => {
  const url = `http://${EVERY_ADDRESS.get(host) ?? (isIPv6(host) ? `[${host}]` : host)}:${port}`
  const everywhere = EVERY_ADDRESS.has(host) ? ', and every other address of this machine' : ''
  return `
  Tintype ${version}${workers > 1 ? `, ${workers} workers` : ''}

  address   ${url}${everywhere}
  files     ${storageDir}
  docs      ${url}/docs
  try       curl -F file=@photo.jpg ${url}/projects/demo/images

  Ctrl-C stops it; uploads under way are finished first.

`
}

export const printStopped = (): void => void process.stdout.write('  Tintype has stopped.\n\n')
