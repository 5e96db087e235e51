// Requests byte by byte, for what no HTTP library would send.

import { connectRaw } from '../raw-client.ts'
import { SECRET } from './target.ts'

export interface RawAnswer {
  /** 0 where the connection was closed without an answer. */
  status: number
  text: string
}

/** Sends bytes as they are, and takes what comes until the server closes. */
export const sendRaw = async (port: number, bytes: string | Uint8Array): Promise<RawAnswer> => {
  const client = await connectRaw(port)
  await client.send(bytes)
  // Who is reset after a refusal has the refusal nevertheless.
  const text = await client.end.catch(() => client.received())
  return { status: Number(/^(?:HTTP\/1\.1 100 .*\r\n\r\n)?HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0), text }
}

/** A request without a body, of which the connection ends with the answer. */
export const askRaw = (
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<RawAnswer> => sendRaw(port, rawHead(method, path, { Connection: 'close', ...headers }))

export const rawHead = (method: string, path: string, headers: Record<string, string> = {}): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: attacked',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')

/** What an answer shows that is none of the client's business: other files, or the inside of the server. */
export const leaksOf = (text: string): string[] =>
  [SECRET, 'root:x:', 'node_modules', '/dist/', '/storage', '.accounts', 'ENOENT', 'at async'].filter((leak) =>
    text.includes(leak),
  )
