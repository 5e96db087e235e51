// Reads raw request headers. Node's parsed object of them takes as long as the rest of a response.

import { rawHeaderOf } from '../context.ts'
import type { FastRequest, FastView } from './types.ts'

/** Hosts in the usual form; the app checks the others. */
const PLAIN_HOST = /^[A-Za-z0-9._-]+(?::(?:[1-9]\d{0,3}|[1-5]\d{4}))?$/

/** Headers that matter here. `app`: the app has to answer, because of a range or a body. */
const MEANINGS = new Map<string, 'app' | 'host' | 'condition' | 'none-match' | 'request-id' | 'credentials'>([
  ['range', 'app'],
  ['content-length', 'app'],
  ['transfer-encoding', 'app'],
  ['expect', 'app'],
  ['upgrade', 'app'],
  ['host', 'host'],
  ['if-match', 'condition'],
  ['if-unmodified-since', 'condition'],
  ['if-modified-since', 'condition'],
  ['if-none-match', 'none-match'],
  ['x-request-id', 'request-id'],
  ['x-api-key', 'credentials'],
  ['authorization', 'credentials'],
])

/** Lengths of these names, by which other headers are skipped quickly. */
const LENGTHS = Array.from({ length: 32 }, (_, length) => [...MEANINGS.keys()].some((name) => name.length === length))

/** @param share see {@link FastView} @returns undefined where the app has to answer */
export const readRequest = (request: FastRequest, share: boolean): FastView | undefined => {
  const { method = '', url = '', rawHeaders: raw, socket } = request
  let hasHost = false
  let conditions = 0
  let noneMatch: string | undefined
  let requestId: string | undefined
  let hasCredentials = false
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? ''
    if (!LENGTHS[name.length]) continue
    const value = raw[at + 1] ?? ''
    switch (MEANINGS.get(name.toLowerCase())) {
      case 'app':
        return undefined
      case 'host':
        if (hasHost || !PLAIN_HOST.test(value)) return undefined
        hasHost = true
        break
      case 'none-match':
        noneMatch = value
        conditions++
        break
      case 'condition':
        conditions++
        break
      case 'credentials':
        hasCredentials = true
        break
      case 'request-id':
        requestId = requestId === undefined ? value : `${requestId}, ${value}`
    }
  }
  if (!hasHost) return undefined
  const header = (wanted: string) => rawHeaderOf(raw, wanted)
  const policies = { hasCredentials, share, unproved: undefined, proved: undefined, identity: undefined }
  return { method, target: url, header, socket, conditions, noneMatch, requestId, ...policies }
}
