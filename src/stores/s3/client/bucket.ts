// Operations on the objects of one bucket below one prefix, whose keys are given without it.

import { readOnlyStore } from '../../../core/errors.ts'
import type { DirectRead } from '../../direct-reads.ts'
import { type BucketNames, readError, refused, unreachable } from './failures.ts'
import { bareEtag, type ListedObject, type ListedPage, type ListOptions, listingQuery, readListing } from './listing.ts'
import { createLocation, type LocationOptions } from './location.ts'
import type { Answer } from './sender.ts'
import { type Body, createTransport, type SignedRequest, type TransportOptions } from './transport.ts'

export interface BucketOptions extends LocationOptions, Omit<TransportOptions, 'location'> {
  /** Begins every key: empty, or with a slash at the end. @default '' */
  prefix?: string
}

export interface Written {
  /** False where the key was taken, maybe by an earlier attempt of this very request. */
  isNew: boolean
  /** Engine's clock, milliseconds since 1970. */
  dateMs: number
}

export type FoundObject = Omit<ListedObject, 'key'>

export interface Bucket extends BucketNames {
  readonly prefix: string
  /** Origin of the URLs of {@link Bucket.presign}. */
  readonly origin: string
  /** Writes an object where its key is free: the only conditional write that every serious engine has. */
  putNew(key: string, body: Body): Promise<Written>
  /** Writes an object, and replaces one that is there. */
  put(key: string, body: Body): Promise<Pick<Written, 'dateMs'>>
  /** Whole text of an object; undefined where there is none. */
  text(key: string): Promise<string | undefined>
  /**
   * Bytes of an object from `start` up to `end`, which is not included. A broken stream continues where it ended, so the
   * object must never change, or its tag be known.
   *
   * @param etag that the object must have. @default any
   * @throws (in the iteration) Error where there is no such object, it is shorter, or has another tag
   */
  read(key: string, start: number, end: number, etag?: string): AsyncIterable<Uint8Array>
  /**
   * URL by which a program without credentials can read an object for a time. Nothing is sent.
   *
   * @throws TintypeError `store_unavailable` where there are no credentials
   */
  presign(key: string, read: DirectRead): Promise<string>
  /** Size and date of an object, undefined where there is none; and the engine's clock. */
  head(key: string): Promise<{ found: FoundObject | undefined; dateMs: number }>
  /** Removes an object, if there is one. */
  remove(key: string): Promise<void>
  /** One page of a listing, in the order of UTF-8. */
  list(options: ListOptions): Promise<ListedPage & { dateMs: number }>
  /** All objects below a prefix, or behind a key of it: a listing to its end. */
  listAll(
    prefix: string,
    options?: Pick<ListOptions, 'after' | 'delimiter'>,
  ): Promise<{ objects: ListedObject[]; dateMs: number }>
  /** Makes the bucket, unless it is there. */
  create(): Promise<void>
  /** From now on, whatever would change something throws `read_only` in place of its request. */
  refuseWrites(): void
  close(): Promise<void>
}

/** Attempts to read on without a byte in between. */
const MOST_BROKEN_READS = 5

export const createBucket = (options: BucketOptions): Bucket => {
  const { prefix = '' } = options
  const location = createLocation(options)
  const transport = createTransport({ ...options, location })
  const { bucket, endpoint, region } = location

  let isReadOnly = false

  const send = async (
    kind: SignedRequest['kind'],
    method: SignedRequest['method'],
    key: string | undefined,
    rest: Pick<SignedRequest, 'headers' | 'body'> & { query?: Record<string, string> } = {},
  ): Promise<Answer> => {
    if (isReadOnly && (method === 'PUT' || method === 'DELETE')) throw readOnlyStore()
    const url = location.urlOf(key === undefined ? undefined : prefix + key, rest.query)
    return transport.request({ kind, method, url, headers: rest.headers, body: rest.body })
  }

  /**
   * An answer of one of the statuses. For a 404 that says that the bucket is missing, that is an error all the same.
   *
   * @param what as in "the credentials may not …"
   * @throws TintypeError `store_unavailable`
   */
  const expect = async (what: string, answer: Answer, statuses: readonly number[]): Promise<Answer> => {
    const { status, dateMs } = answer
    if (status < 400 && statuses.includes(status)) return answer
    const { code, region: named } = readError(await answer.text().catch(() => ''))
    if (code !== 'NoSuchBucket' && statuses.includes(status)) return answer
    const actual = named ?? answer.header('x-amz-bucket-region')
    throw refused({ bucket, endpoint, region, isReadOnly }, what, { status, code, region: actual, dateMs })
  }

  const put = async (key: string, body: Body, headers: Record<string, string>): Promise<Answer> => {
    const answer = await send('put', 'PUT', key, { headers, body })
    await expect(`PUT ${key}`, answer, [200, 201, 412])
    await answer.discard()
    return answer
  }

  const list = async (options: ListOptions) => {
    const answer = await send('list', 'GET', undefined, { query: listingQuery(options, prefix) })
    await expect(`LIST ${options.prefix}`, answer, [200])
    const text = await answer.text().catch((error: unknown) => {
      throw unreachable(endpoint, error)
    })
    const { objects, folders, next } = readListing(text)
    const ownKey = (key: string) => key.slice(prefix.length)
    return {
      objects: objects.map((object) => ({ ...object, key: ownKey(object.key) })),
      folders: folders.map(ownKey),
      next,
      dateMs: clockOf(answer),
    }
  }

  return {
    bucket,
    endpoint,
    region,
    prefix,
    origin: new URL(location.urlOf()).origin,

    async putNew(key, body) {
      const answer = await put(key, body, { 'if-none-match': '*' })
      return { isNew: answer.status !== 412, dateMs: clockOf(answer) }
    },

    async put(key, body) {
      return { dateMs: clockOf(await put(key, body, {})) }
    },

    async text(key) {
      for (let tries = 1; ; tries++) {
        const answer = await send('get', 'GET', key)
        await expect(`GET ${key}`, answer, [200, 404])
        if (answer.status === 404) return undefined
        try {
          return await answer.text()
        } catch (error) {
          if (tries === MOST_BROKEN_READS) throw unreachable(endpoint, error)
        }
      }
    },

    async *read(key, start, end, etag) {
      let broken = 0
      for (let at = start; at < end; ) {
        const answer = await send('get', 'GET', key, { headers: { range: `bytes=${at}-${end - 1}` } })
        await expect(`GET ${key}`, answer, [206, 404, 416])
        if (answer.status !== 206) throw new Error(`${key} has no byte ${at}`)
        if (etag !== undefined && bareEtag(answer.header('etag')) !== etag) {
          await answer.discard()
          throw new Error(`${key} was changed while it was read`)
        }
        const before = at
        try {
          for await (const piece of answer.body) {
            at += piece.byteLength
            yield piece
          }
        } catch (error) {
          broken = at === before ? broken + 1 : 0
          if (broken === MOST_BROKEN_READS) throw unreachable(endpoint, error)
          continue
        }
        // An object that ends before `end` has a shorter range.
        if (at < end) throw new Error(`${key} ends at byte ${at}`)
      }
    },

    presign(key, { method, seconds, contentType, cacheControl }) {
      const query = { 'response-content-type': contentType, 'response-cache-control': cacheControl }
      return transport.presign({ method, seconds, url: location.urlOf(prefix + key, query) })
    },

    async head(key) {
      const answer = await send('head', 'HEAD', key)
      await expect(`HEAD ${key}`, answer, [200, 404])
      await answer.discard()
      const found =
        answer.status === 404
          ? undefined
          : {
              bytes: Number(answer.header('content-length')),
              modifiedMs: Date.parse(answer.header('last-modified') ?? ''),
              etag: bareEtag(answer.header('etag')),
            }
      return { found, dateMs: clockOf(answer) }
    },

    async remove(key) {
      const answer = await send('delete', 'DELETE', key)
      await expect(`DELETE ${key}`, answer, [200, 204, 404])
      await answer.discard()
    },

    list,

    async listAll(wanted, rest = {}) {
      const objects: ListedObject[] = []
      let from: string | undefined
      for (;;) {
        const page = await list({ ...rest, prefix: wanted, from })
        objects.push(...page.objects)
        if (page.next === undefined) return { objects, dateMs: page.dateMs }
        from = page.next
      }
    },

    async create() {
      const body =
        region === 'us-east-1'
          ? undefined
          : `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`
      const answer = await send('bucket', 'PUT', undefined, { body })
      // The name may be taken by a bucket of another account: the first request to it shows that.
      await expect('create', answer, [200, 409])
      await answer.discard()
    },

    refuseWrites() {
      isReadOnly = true
    },

    close: transport.close,
  }
}

/** Every engine sends its date (RFC 9110, 6.6.1). Without one, the local clock. */
const clockOf = ({ dateMs }: Answer): number => dateMs ?? Date.now()
