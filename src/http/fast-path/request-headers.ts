// The headers of a request as they came: Node's own object of them takes as long to make as all the rest of an answer.

/** What they ask for that a picture in memory can be answered by. */
export interface Asked {
  /** Conditions on the picture. */
  conditions: number
  /** `If-None-Match`, the condition of nearly all that have one. */
  noneMatch: string | undefined
  /** `X-Request-Id`. */
  requestId: string | undefined
  /** Whether they say who asks, other than by a cookie. */
  hasCredentials: boolean
}

/** Hosts that need no closer look; the app refuses those that are none. */
const PLAIN_HOST = /^[A-Za-z0-9._-]+(?::(?:[1-9]\d{0,3}|[1-5]\d{4}))?$/

/** `app` is a part of a picture, or a body that has to be read away. */
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

/** By length of the name, so that most others are passed over at once. */
const LENGTHS = Array.from({ length: 32 }, (_, length) => [...MEANINGS.keys()].some((name) => name.length === length))

/** @returns undefined where the app is to look at them */
export const readHeaders = (raw: readonly string[]): Asked | undefined => {
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
        if (!PLAIN_HOST.test(value)) return undefined
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
  return hasHost ? { conditions, noneMatch, requestId, hasCredentials } : undefined
}
