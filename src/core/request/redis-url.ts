// URL of the Redis that counts requests for several machines.

import { isPercentEncoded } from '../text.ts'

export const REDIS_URL_RULE = 'the URL of a Redis, such as redis://user:password@127.0.0.1:6379/0, or nothing'

/** True for `redis://` and `rediss://` with a host, at most the number of a database, and percent-encoded credentials. */
export const isRedisUrl = (text: string): boolean => {
  if (!/^rediss?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { hostname, pathname, search, hash, username, password } = new URL(text)
  const isPlain = hostname !== '' && /^(?:\/\d{0,5})?$/.test(pathname) && search === '' && hash === ''
  return isPlain && isPercentEncoded(username) && isPercentEncoded(password)
}
