// Host check against DNS rebinding: a page whose host name resolves to this machine has the origin of this server, so
// that no browser restricts it. Only its name, which browsers send in `Host`, reveals it.

import { TintypeError } from '../../core/errors.ts'
import { createOwnHosts } from '../../core/request/hosts.ts'
import { clip } from '../../core/text.ts'
import { type Check, PROBES, type RequestView, viewOf } from '../context.ts'

export interface HostCheckOptions {
  /** Origins whose pages may use the API; behind a proxy, also the server's own. */
  allowedOrigins: readonly string[]
  /** Whether every request may do everything at present. Once false, it stays false. */
  isOpen(): boolean
}

export interface HostCheck {
  /** True for every host once authentication is set up: a rebound page has no key and no cookie of this server. */
  isExpected(request: RequestView): boolean
  /** Expected hosts, for errors. */
  expected: string
}

export const createHostCheck = ({ allowedOrigins, isOpen }: HostCheckOptions): HostCheck => {
  const names = allowedOrigins.map((origin) => new URL(origin).hostname)
  const isOwn = createOwnHosts(names)
  /** Last expected host, as nearly all requests name the same one. */
  let last = 'localhost'
  return {
    isExpected(request) {
      const host = hostOf(request)
      // Browsers always send one; HTTP/1.0 programs may not.
      if (host === undefined || host === last) return true
      if (!isOwn(host) && isOpen()) return false
      last = host
      return true
    },
    expected: ['localhost', '127.0.0.1', ...names].join(', '),
  }
}

/** @throws TintypeError `unexpected_host` */
export const refuseOtherHosts =
  ({ isExpected, expected }: HostCheck): Check =>
  (c) => {
    const request = viewOf(c)
    if (!isExpected(request) && !PROBES.has(c.req.path)) throw unexpected(hostOf(request) ?? '', expected)
    return undefined
  }

/** Authority of a target in absolute form, which replaces `Host` (RFC 9112 section 3.2.2). */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i

const hostOf = ({ target, header }: RequestView): string | undefined =>
  target.startsWith('/') ? header('host') : (AUTHORITY.exec(target)?.[1] ?? header('host'))

const unexpected = (host: string, expected: string): TintypeError =>
  new TintypeError(
    'unexpected_host',
    `Expected one of these hosts: ${expected}; received "${clip(host)}". As long as there is no key and no account, ` +
      'other names are refused, because any site can let its name lead to this machine. To be reached by this one, ' +
      'name its site in ALLOWED_ORIGINS, make a key (tintype key create) or an account, or set AUTH=none.',
    { details: { received: clip(host) } },
  )
