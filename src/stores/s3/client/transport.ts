// Signed requests to a bucket, each repeated with the same bytes until the engine answers or the deadline has passed.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import { TintypeError } from '../../../core/errors.ts'
import type { CredentialSource } from './credentials.ts'
import { unreachable } from './failures.ts'
import type { Location } from './location.ts'
import { type Answer, createSender, type Method, type Send } from './sender.ts'

/** A local file as the body of a request. */
export interface FileBody {
  path: string
  bytes: number
  /** Hexadecimal. */
  sha256: string
}

export type Body = string | Uint8Array | FileBody

export type RequestKind = 'put' | 'get' | 'head' | 'delete' | 'list' | 'bucket'

export interface SignedRequest {
  kind: RequestKind
  method: Method
  url: string
  headers?: Readonly<Record<string, string>>
  body?: Body
}

/** One attempt, for metrics. */
export interface Attempt {
  kind: RequestKind
  /** Status, or undefined where no answer came. */
  status: number | undefined
  seconds: number
  sentBytes: number
  /** Length of the answer's body, as its head has it. */
  receivedBytes: number
  /** False for a repetition. */
  isFirst: boolean
}

export interface TransportOptions {
  location: Location
  credentials: CredentialSource
  /** Longest silence of the engine in one attempt, in milliseconds. @default 10000 */
  timeoutMs?: number
  /** Time after which no further attempt begins, in milliseconds. @default 20000 */
  deadlineMs?: number
  /** First pause before a repetition, in milliseconds; each later one is up to twice as long. @default 50 */
  pauseMs?: number
  /** @default none */
  onAttempt?(attempt: Attempt): void
  /** @default by connections that are kept open, 64 at most */
  send?: Send
}

/** A request that another program sends. */
export interface PresignedRequest {
  method: 'GET' | 'HEAD'
  url: string
  /** Life of the signature. */
  seconds: number
}

export interface Transport {
  /**
   * The first answer that is final: 409, 429 and all of 5xx are not, nor is silence.
   *
   * @throws TintypeError `store_unavailable` at the deadline: the request may have been carried out
   */
  request(request: SignedRequest): Promise<Answer>
  /**
   * URL that needs no credentials for this one request, signed by the engine's clock. Nothing is sent.
   *
   * @throws TintypeError `store_unavailable` where there are no credentials
   */
  presign(request: PresignedRequest): Promise<string>
  close(): Promise<void>
}

const MOST_PAUSE_MS = 2000
/** Files up to this length are sent in one piece, in bytes: a stream costs each of its pieces a trip to a thread. */
const IN_MEMORY_BYTES = 256 * 1024
/** Pieces of longer files, in bytes. */
const PIECE_BYTES = 256 * 1024

const EMPTY_SHA256 = createHash('sha256').digest('hex')

export const createTransport = (options: TransportOptions): Transport => {
  const { location, credentials, timeoutMs = 10_000, deadlineMs = 20_000, pauseMs = 50, onAttempt } = options
  const sender = createSender({ timeoutMs })
  const send = options.send ?? sender.send
  /** Keys derived from the secret, for a day each. */
  const cache = new Map<string, ArrayBuffer>()
  /** Difference between the engine's clock and that of this machine, by the last answer. */
  let aheadMs = 0

  const signerOf = async (request: Pick<ConstructorParameters<typeof AwsV4Signer>[0], 'method' | 'url' | 'headers'>) =>
    ({ ...(await credentials()), ...request, service: 's3', region: location.region, cache }) as const

  const sign = async ({ method, url, headers }: SignedRequest, sha256: string): Promise<Record<string, string>> => {
    const all = { ...headers, 'x-amz-content-sha256': sha256 }
    const signer = new AwsV4Signer(await signerOf({ method, url, headers: all }))
    return Object.fromEntries((await signer.sign()).headers)
  }

  const attempt = async (wanted: SignedRequest, sha256: string, isFirst: boolean): Promise<Answer> => {
    const { kind, method, url, body } = wanted
    const bytes = lengthOf(body)
    const headers = await sign(wanted, sha256)
    // An engine answers 411 to a stream without a length.
    if (bytes !== undefined) headers['content-length'] = String(bytes)
    const beganMs = performance.now()
    const note = (status: number | undefined, receivedBytes: number) => {
      const seconds = (performance.now() - beganMs) / 1000
      onAttempt?.({ kind, status, seconds, sentBytes: bytes ?? 0, receivedBytes, isFirst })
    }
    try {
      const answer = await send(url, { method, headers, body: await bytesOf(body) })
      if (answer.dateMs !== undefined) aheadMs = answer.dateMs - Date.now()
      note(answer.status, method === 'GET' ? Number(answer.header('content-length') ?? 0) : 0)
      return answer
    } catch (error) {
      note(undefined, 0)
      throw error
    }
  }

  return {
    async request(wanted) {
      const untilMs = performance.now() + deadlineMs
      const sha256 = hashOf(wanted.body)
      for (let tries = 0; ; tries++) {
        const outcome = await attempt(wanted, sha256, tries === 0).catch((error: unknown) => ({ error }))
        if (!('error' in outcome) && isFinal(wanted.kind, outcome.status)) return outcome
        if ('error' in outcome && isLocal(outcome.error)) throw outcome.error
        if (performance.now() >= untilMs) {
          if ('error' in outcome) throw unreachable(location.endpoint, outcome.error)
          return outcome
        }
        if (!('error' in outcome)) await outcome.discard()
        // With jitter, so that writers of one key do not meet again.
        await setTimeout(Math.min(pauseMs * 2 ** tries, MOST_PAUSE_MS) * (0.5 + Math.random() / 2))
      }
    },

    async presign({ method, url, seconds }) {
      const withLife = new URL(url)
      withLife.searchParams.set('X-Amz-Expires', String(seconds))
      const datetime = new Date(Date.now() + aheadMs).toISOString().replace(/[:-]|\.\d{3}/g, '')
      const signer = new AwsV4Signer({
        ...(await signerOf({ method, url: withLife.href })),
        datetime,
        signQuery: true,
      })
      // The signature is over "%20"; not every engine reads a plus as a space.
      return (await signer.sign()).url.href.replaceAll('+', '%20')
    },

    close: sender.close,
  }
}

/** 409: another writer of the key is not done yet. For a bucket it says that its name is taken. */
const isFinal = (kind: RequestKind, status: number): boolean =>
  status < 500 && status !== 429 && (status !== 409 || kind === 'bucket')

/** True for errors of credentials, and of the file that is sent. */
const isLocal = (error: unknown): boolean =>
  error instanceof TintypeError || (error instanceof Error && 'path' in error)

const isFileBody = (body: Body): body is FileBody => typeof body !== 'string' && 'path' in body

const bytesOf = async (body: Body | undefined): Promise<Uint8Array | Readable | undefined> => {
  if (body === undefined) return undefined
  if (typeof body === 'string') return Buffer.from(body)
  if (!isFileBody(body)) return body
  if (body.bytes <= IN_MEMORY_BYTES) return readFile(body.path)
  return createReadStream(body.path, { end: body.bytes - 1, highWaterMark: PIECE_BYTES })
}

const lengthOf = (body: Body | undefined): number | undefined => {
  if (body === undefined) return undefined
  if (typeof body === 'string') return Buffer.byteLength(body)
  return isFileBody(body) ? body.bytes : body.byteLength
}

const hashOf = (body: Body | undefined): string => {
  if (body === undefined) return EMPTY_SHA256
  return isFileBody(body) ? body.sha256 : createHash('sha256').update(body).digest('hex')
}
