// DNS rebinding: a page of another site whose name leads to this machine is of one origin with a server here, so that
// no browser keeps it from anything. What gives it away is the name, which the browser says in `Host`.

import { TintypeError } from '../../core/errors.ts'
import { createOwnHosts } from '../../core/request/hosts.ts'
import { clip } from '../../core/text.ts'
import type { AnswerFast } from '../fast-path/types.ts'
import { type Context, WATCHED } from '../response/respond.ts'

export interface OwnHostsOptions {
  /** Sites whose pages may use the API: behind a proxy, the server's own. */
  allowedOrigins: readonly string[]
  /** Whether everybody may do everything, as things are now. Once it isn't so, it never is again. */
  isOpen(): boolean
}

export interface OwnHosts {
  /** Of a `Host` header. */
  isExpected(host: string): boolean
  /** In words. */
  expected: string
}

/** Where requests have to say who they are, every host is expected: no page has a key, or a cookie of this server. */
export const createExpectedHosts = ({ allowedOrigins, isOpen }: OwnHostsOptions): OwnHosts => {
  const names = allowedOrigins.map((origin) => new URL(origin).hostname)
  const isOwn = createOwnHosts(names)
  /** Nearly all requests name the same one. */
  let last = 'localhost'
  return {
    isExpected(host) {
      if (host === last) return true
      if (!isOwn(host) && isOpen()) return false
      last = host
      return true
    },
    expected: ['localhost', '127.0.0.1', ...names].join(', '),
  }
}

/** Only programs send no host (HTTP/1.0). @throws TintypeError `unexpected_host` */
export const refuseOtherHosts =
  ({ isExpected, expected }: OwnHosts) =>
  (c: Context, next: () => Promise<void>): Promise<void> => {
    const host = c.req.header('host')
    if (host !== undefined && !isExpected(host) && !WATCHED.has(c.req.path)) throw unexpected(host, expected)
    return next()
  }

/** The same for answers from memory: those to other hosts are left to the app. */
export const ownHostsFast =
  ({ isExpected }: OwnHosts, answerFast: AnswerFast): AnswerFast =>
  (request) => {
    const { rawHeaders } = request
    for (let at = 0; at < rawHeaders.length; at += 2)
      if (isHost(rawHeaders[at]) && !isExpected(rawHeaders[at + 1] ?? '')) return undefined
    return answerFast(request)
  }

/** As it is nearly always written, nothing is made of it. */
const isHost = (name = ''): boolean =>
  name.length === 4 && (name === 'Host' || name === 'host' || name.toLowerCase() === 'host')

const unexpected = (host: string, expected: string): TintypeError =>
  new TintypeError(
    'unexpected_host',
    `Expected one of these hosts: ${expected}; received "${clip(host)}". As long as there is no key and no account, ` +
      'other names are refused, because any site can let its name lead to this machine. To be reached by this one, ' +
      'name its site in ALLOWED_ORIGINS, make a key (tintype key create) or an account, or set AUTH=none.',
    { details: { received: clip(host) } },
  )
