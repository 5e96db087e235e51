// An engine in memory that speaks as much of S3 as the store does, with a clock that tests can set forward: every age in a
// bucket is by the engine's clock, so an hour passes at once. Shown to answer as Ceph does by test/stores/s3/engine.test.ts.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { BucketOptions } from '../../../src/stores/s3/client/bucket.ts'
import { CEPH_KEYS } from '../processes/ceph.mjs'
import { errorBody } from './scripted.ts'

export interface MemoryEngine {
  endpoint: string
  /** Sets the clock forward. */
  advance(ms: number): void
  /** Keys of all objects, each behind the name of its bucket. */
  keys(): string[]
  /** Number of requests so far that change something, or would: PUT, POST and DELETE. */
  writes(): number
  /** From now on, these are refused: the credentials may only read. */
  forbidWrites(): void
}

interface StoredObject {
  body: Buffer
  modifiedMs: number
}

/** Objects of a bucket by their keys. */
type Objects = Map<string, StoredObject>

interface Reply {
  status: number
  headers?: Record<string, string>
  body?: Buffer | string
}

/** Objects of a page where the request names no number. */
const PAGE = 1000

/** Options of a bucket in an engine. */
export const memoryOptions = (endpoint: string): BucketOptions & { endpoint: string } => ({
  endpoint,
  bucket: 'pictures',
  region: 'us-east-1',
  credentials: () => Promise.resolve(CEPH_KEYS),
})

/** Starts an engine that has every bucket. It ends with the test. */
export const startMemoryEngine = async (): Promise<MemoryEngine> => {
  const { server, ...engine } = createEngine()
  return { endpoint: await listening(server), ...engine }
}

let shared: Promise<string> | undefined

/** URL of the engine of all tests of this process, which does not keep it alive. */
export const sharedEngine = (): Promise<string> => {
  shared ??= listen(
    createEngine()
      .server.unref()
      .on('connection', (socket) => socket.unref()),
  )
  return shared
}

const createEngine = () => {
  const buckets = new Map<string, Objects>()
  let aheadMs = 0
  let writes = 0
  let isReadOnly = false
  const now = () => Date.now() + aheadMs

  const write = async (objects: Objects, key: string, request: IncomingMessage): Promise<Reply> => {
    const body = await buffer(request)
    // Nothing waits between the look and the write, so that one of several writers wins.
    if (request.headers['if-none-match'] === '*' && objects.has(key)) return failed(412, 'PreconditionFailed')
    objects.set(key, { body, modifiedMs: now() })
    return { status: 200 }
  }

  const read = (objects: Objects, key: string, { method, headers }: IncomingMessage): Reply => {
    const found = objects.get(key)
    if (!found) return failed(404, 'NoSuchKey')
    const { body, modifiedMs } = found
    const known = { 'last-modified': new Date(modifiedMs).toUTCString(), etag: `"${md5Of(body)}"` }
    if (method === 'HEAD') return { status: 200, headers: { ...known, 'content-length': String(body.length) } }
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
    if (first === undefined) return { status: 200, headers: known, body }
    if (Number(first) >= body.length) return failed(416, 'InvalidRange')
    return { status: 206, headers: known, body: body.subarray(Number(first), Number(last) + 1) }
  }

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://engine')
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(pathname)) ?? []
    if (WRITING.has(request.method ?? '')) {
      writes++
      if (isReadOnly) return forbidden(request)
    }
    const objects = buckets.get(bucket) ?? new Map<string, StoredObject>()
    buckets.set(bucket, objects)
    if (searchParams.has('list-type')) return { status: 200, body: pageOf(objects, searchParams) }
    if (key === '') return { status: 200 }
    if (request.method === 'PUT') return write(objects, key, request)
    if (request.method !== 'DELETE') return read(objects, key, request)
    objects.delete(key)
    return { status: 204 }
  }

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, headers, body } = await answer(request)
    response.sendDate = false
    response.writeHead(status, { date: new Date(now()).toUTCString(), ...headers }).end(body)
  }

  const server = createServer((request, response) => {
    // A client that was killed in the middle of its request.
    respond(request, response).catch(() => request.destroy())
  })
  return {
    server,
    advance: (ms: number) => {
      aheadMs += ms
    },
    writes: () => writes,
    forbidWrites: () => {
      isReadOnly = true
    },
    keys: () => [...buckets].flatMap(([bucket, objects]) => [...objects.keys()].map((key) => `${bucket}/${key}`)),
  }
}

/** URL of a server on a free port, which ends with the test. */
export const listening = async (server: Server): Promise<string> => {
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return listen(server)
}

const listen = async (server: Server): Promise<string> => {
  // Clients may keep their connections for as long as they like.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${portOf(server.address())}`
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' ? (address?.port ?? 0) : 0

const WRITING: ReadonlySet<string> = new Set(['PUT', 'POST', 'DELETE'])

const forbidden = async (request: IncomingMessage): Promise<Reply> => {
  await buffer(request)
  return failed(403, 'AccessDenied')
}

const failed = (status: number, code: string): Reply => ({ status, body: errorBody(code) })

/** A page of ListObjectsV2, in the order of UTF-8. */
const pageOf = (objects: Objects, query: URLSearchParams): string => {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const most = Number(query.get('max-keys') ?? PAGE)
  const folderOf = (key: string): string | undefined => {
    const end = query.get('delimiter') === '/' ? key.indexOf('/', prefix.length) : -1
    return end < 0 ? undefined : key.slice(0, end + 1)
  }
  const entries = new Map<string, StoredObject | undefined>()
  for (const [key, object] of objects) {
    if (!key.startsWith(prefix)) continue
    const folder = folderOf(key)
    const name = folder ?? key
    if (byUtf8(name, after) > 0) entries.set(name, folder === undefined ? object : undefined)
  }
  const names = [...entries.keys()].sort(byUtf8)
  const page = names.slice(0, most)
  const shown = page.map((name) => {
    const object = entries.get(name)
    const key = encodeURIComponent(name)
    if (!object) return `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`
    const { body, modifiedMs } = object
    const date = new Date(modifiedMs).toISOString()
    return `<Contents><Key>${key}</Key><LastModified>${date}</LastModified><ETag>&quot;${md5Of(body)}&quot;</ETag><Size>${body.length}</Size></Contents>`
  })
  const isTruncated = names.length > page.length
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${shown.join('')}</ListBucketResult>`
}

/** Entity tag of an object that was written by one request. */
const md5Of = (body: Buffer): string => createHash('md5').update(body).digest('hex')

const byUtf8 = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))
