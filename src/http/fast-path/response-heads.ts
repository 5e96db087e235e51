// Response heads as text, prepared once for a picture or list.

import type { CachedList } from '../response/list-cache.ts'
import { BASE_HEADERS, jsonHeaders, revalidated } from '../response/respond.ts'
import {
  cachingHeaders,
  type Delivery,
  pictureHeaders,
  redirectHeaders,
  type Source,
} from '../response/send-picture.ts'

export interface Prepared {
  delivery: Pick<Delivery, 'etag' | 'modifiedMs' | 'cacheControl' | 'vary'>
  found: string
  notModified: string
}

export const preparePicture = (delivery: Delivery, source: Pick<Source, 'bytes' | 'path'>): Prepared => ({
  delivery,
  found: headText(
    '200 OK',
    redirectHeaders(delivery, source) ?? { ...pictureHeaders(delivery), 'Content-Length': String(source.bytes) },
  ),
  notModified: headText('304 Not Modified', cachingHeaders(delivery)),
})

export const prepareList = ({ etag, body }: CachedList, isPrivate: boolean): Prepared => {
  const caching = revalidated(etag, isPrivate)
  return {
    delivery: { etag, modifiedMs: 0, cacheControl: caching['Cache-Control'] },
    found: headText('200 OK', { ...jsonHeaders(etag, isPrivate), 'Content-Length': String(body.length) }),
    notModified: headText('304 Not Modified', { ...BASE_HEADERS, ...caching }),
  }
}

/** Last headers of a head, for a connection that stays open. */
export const KEEP_ALIVE = 'Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n'

const headText = (status: string, headers: Record<string, string>): string =>
  [`HTTP/1.1 ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), KEEP_ALIVE].join(
    '\r\n',
  )
