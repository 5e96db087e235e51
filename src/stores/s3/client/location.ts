// URLs of a bucket and its objects, in both styles.

export interface LocationOptions {
  bucket: string
  region: string
  /** URL of the engine. @default AWS's of the region */
  endpoint?: string
  /** True for `https://host/bucket/key`, false for `https://bucket.host/key`. @default true with an endpoint */
  isPathStyle?: boolean
}

export interface Location {
  endpoint: string
  bucket: string
  region: string
  /** URL of the bucket without a key. */
  urlOf(key?: string, query?: Readonly<Record<string, string>>): string
}

export const createLocation = ({ bucket, region, endpoint, isPathStyle }: LocationOptions): Location => {
  const base = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`)
  // A certificate for *.host does not cover a bucket with a dot.
  const inPath = isPathStyle ?? (endpoint !== undefined || bucket.includes('.'))
  const root = base.href.replace(/\/$/, '')
  const home = inPath ? `${root}/${bucket}` : root.replace('://', `://${bucket}.`)
  return {
    endpoint: root,
    bucket,
    region,
    urlOf(key = '', query = {}) {
      const path = key.split('/').map(encode).join('/')
      const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`)
      return `${home}/${path}${search.length > 0 ? `?${search.join('&')}` : ''}`
    },
  }
}

/** As RFC 3986 has it, and as signatures need it; `encodeURIComponent` leaves five characters more. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
