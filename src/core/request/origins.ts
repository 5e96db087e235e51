// CORS: origins whose pages may read responses.

import { partsOf } from '../text.ts'

/** `*` allows every page, but none with cookies. */
export type AllowedOrigins = '*' | readonly string[]

/**
 * @param value origins such as `https://shop.example`, in a list or separated by commas; or `*`
 * @throws Error that names the value that is no origin
 */
export const parseOrigins = (value: readonly string[] | string): AllowedOrigins => {
  const origins =
    typeof value === 'string'
      ? partsOf(value, ',')
      : value.map((origin) => origin.trim()).filter((origin) => origin !== '')
  if (origins.length === 1 && origins[0] === '*') return '*'
  for (const origin of origins)
    if (!isOrigin(origin)) throw new Error(`expected origins such as https://shop.example, or *; received "${origin}"`)
  return origins
}

/** True for an origin as browsers send it: no path, no default port. */
const isOrigin = (text: string): boolean =>
  /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text
