// An engine in memory that speaks as much of S3 as the store does, with a clock that can be set forward. Shown to answer as
// Ceph does by test/stores/s3/engine.test.ts. Plain JavaScript with types beside it, because benchmarks run without a compiler.

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */
/** @typedef {{ body: Buffer, modifiedMs: number }} StoredObject */
/** @typedef {Map<string, StoredObject>} Objects objects of a bucket by their keys */
/** @typedef {{ status: number, headers?: Record<string, string>, body?: Buffer | string }} Reply */

/** Objects of a page where the request names no number. */
const PAGE = 1000

/** @type {import('./memory-engine.d.mts').createEngine} */
export const createEngine = () => {
  /** @type {Map<string, Objects>} */
  const buckets = new Map()
  let aheadMs = 0
  let writes = 0
  let isReadOnly = false
  const now = () => Date.now() + aheadMs

  /** @type {(objects: Objects, key: string, request: IncomingMessage) => Promise<Reply>} */
  const write = async (objects, key, request) => {
    const body = await buffer(request)
    // Nothing waits between the look and the write, so that one of several writers wins.
    if (request.headers['if-none-match'] === '*' && objects.has(key)) return failed(412, 'PreconditionFailed')
    objects.set(key, { body, modifiedMs: now() })
    return { status: 200 }
  }

  /** @type {(objects: Objects, key: string, request: IncomingMessage) => Reply} */
  const read = (objects, key, { method, headers }) => {
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

  /** @type {(request: IncomingMessage) => Promise<Reply>} */
  const answer = async (request) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://engine')
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(pathname)) ?? []
    if (WRITING.has(request.method ?? '')) {
      writes++
      if (isReadOnly) return forbidden(request)
    }
    const objects = buckets.get(bucket) ?? new Map()
    buckets.set(bucket, objects)
    if (searchParams.has('list-type')) return { status: 200, body: pageOf(objects, searchParams) }
    if (key === '') return { status: 200 }
    if (request.method === 'PUT') return write(objects, key, request)
    if (request.method !== 'DELETE') return read(objects, key, request)
    objects.delete(key)
    return { status: 204 }
  }

  /** @type {(request: IncomingMessage, response: import('node:http').ServerResponse) => Promise<void>} */
  const respond = async (request, response) => {
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
    advance: (ms) => {
      aheadMs += ms
    },
    writes: () => writes,
    forbidWrites: () => {
      isReadOnly = true
    },
    keys: () => [...buckets].flatMap(([bucket, objects]) => [...objects.keys()].map((key) => `${bucket}/${key}`)),
  }
}

const WRITING = new Set(['PUT', 'POST', 'DELETE'])

/** @type {(request: IncomingMessage) => Promise<Reply>} */
const forbidden = async (request) => {
  await buffer(request)
  return failed(403, 'AccessDenied')
}

/** @type {(status: number, code: string) => Reply} */
const failed = (status, code) => ({ status, body: errorBody(code) })

/** @type {import('./memory-engine.d.mts').errorBody} */
export const errorBody = (code, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`

/** A page of ListObjectsV2, in the order of UTF-8. @type {(objects: Objects, query: URLSearchParams) => string} */
const pageOf = (objects, query) => {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const most = Number(query.get('max-keys') ?? PAGE)
  /** @type {(key: string) => string | undefined} */
  const folderOf = (key) => {
    const end = query.get('delimiter') === '/' ? key.indexOf('/', prefix.length) : -1
    return end < 0 ? undefined : key.slice(0, end + 1)
  }
  /** @type {Map<string, StoredObject | undefined>} */
  const entries = new Map()
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
  return `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${next}${shown.join('')}</ListBucketResult>`
}

/** Entity tag of an object that was written by one request. @param {Buffer} body */
const md5Of = (body) => createHash('md5').update(body).digest('hex')

/** @type {(one: string, other: string) => number} */
const byUtf8 = (one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))
