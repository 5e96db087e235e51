// Requests in the log and in the metrics: their ids, lines and counts. Written without pino and counted without
// prom-client, which take a tenth of the time of a small response and a microsecond for each request.

import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { MetricData } from './snapshot.ts'

/** Returns the id received with a request where it is plain, else a new one. */
export type RequestIds = (given: string | undefined) => string

/** Characters that mean nothing in a log or a header. */
const PLAIN_ID = /^[A-Za-z0-9._-]{1,128}$/

export const createRequestIds = (): RequestIds => {
  // A random prefix for each process, and a counter: random ids for each request cost a microsecond.
  const prefix = `${randomBytes(6).toString('hex')}-`
  let count = 0
  return (given) => (given !== undefined && PLAIN_ID.test(given) ? given : prefix + (++count).toString(36))
}

export interface RequestEntry {
  id: string
  method: string
  /** Without the query, which may contain secrets. */
  path: string
  status: number
  /** Time until the response began, in milliseconds. */
  ms: number
  /** Size of the response body. */
  bytes: number
  /** Client address, where it is known; called only for a line that is written. */
  from(): string | undefined
}

interface Lines {
  write(line: string): void
}

/** Destinations of loggers that write plain JSON without additional fields. */
const plain = new WeakMap<Logger, Lines>()

/** Registers a logger whose lines may be written to its destination directly. */
export const writesPlainJson = (log: Logger, lines: Lines): void => void plain.set(log, lines)

/** Writes request lines, equal to those of `log.info(entry, 'request')`. */
export const createRequestLines = (log: Logger): ((entry: RequestEntry) => void) => {
  const lines = plain.get(log)
  /** Cached, as consecutive lines are often of the same client. */
  let lastFrom: string | undefined
  let origin = ''
  return (entry) => {
    if (!log.isLevelEnabled('info')) return
    const { id, method, path, status, bytes } = entry
    const ms = Math.round(entry.ms * 10) / 10
    const from = entry.from()
    if (!lines) return log.info({ id, method, path, status, ms, bytes, from }, 'request')
    if (from !== lastFrom) {
      lastFrom = from
      origin = from === undefined ? '' : `,"from":${quoted(from)}`
    }
    lines.write(
      `{"level":30,"time":"${timeNow()}","id":"${id}","method":${method === 'GET' ? '"GET"' : quoted(method)},"path":${quoted(path)},"status":${status},"ms":${ms},"bytes":${bytes}${origin},"msg":"request"}\n`,
    )
  }
}

const PLAIN = /^[A-Za-z0-9/._:-]*$/

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))

let second = 0
/** Date and time up to the point before the milliseconds. */
let secondText = ''

/** Time as `toISOString` formats it, which takes as long as the rest of a line: it is called once in a second. */
const timeNow = (): string => {
  const nowMs = Date.now()
  const nowSecond = Math.floor(nowMs / 1000)
  if (nowSecond !== second) {
    second = nowSecond
    secondText = new Date(nowMs).toISOString().slice(0, -'000Z'.length)
  }
  return `${secondText}${String(nowMs % 1000).padStart(3, '0')}Z`
}

/** Counts requests in plain numbers, which become metrics when they are read. */
export interface RequestMeter {
  /**
   * @param route path template; from a fixed set, as each one is kept for ever
   * @param ms time until the response began, in milliseconds
   * @param bytes size of the response body
   */
  record(method: string, route: string, status: number, ms: number, bytes: number): void
  metrics(): readonly MetricData[]
}

/** Upper bounds of the histogram, in milliseconds: from a cached response to a large upload over a slow line. */
export const BOUNDS_MS = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000,
] as const

/** Other methods share one label, as clients may invent any number of them. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Counts of one method and route. */
interface Cell {
  /** Requests by status. */
  counts: Map<number, number>
  /** One count for each bound, not cumulative, and one for slower requests. */
  buckets: Float64Array
  sumMs: number
  bytes: number
}

const REQUESTS = 'tintype_http_requests_total'
const DURATION = 'tintype_http_request_duration_seconds'
const BYTES = 'tintype_http_response_bytes_total'

export const createRequestMeter = (): RequestMeter => {
  const routes = new Map<string, Map<string, Cell>>()

  const newCell = (method: string, route: string): Cell => {
    const known = METHODS.includes(method) ? method : 'other'
    const methods = routes.get(route) ?? new Map<string, Cell>()
    routes.set(route, methods)
    const cell = methods.get(known) ?? {
      counts: new Map(),
      buckets: new Float64Array(BOUNDS_MS.length + 1),
      sumMs: 0,
      bytes: 0,
    }
    methods.set(known, cell)
    return cell
  }

  const cells = () =>
    [...routes].flatMap(([route, methods]) =>
      [...methods].map(([method, cell]) => ({ labels: { method, route }, cell })),
    )

  return {
    record(method, route, status, ms, bytes) {
      const cell = routes.get(route)?.get(method) ?? newCell(method, route)
      cell.counts.set(status, (cell.counts.get(status) ?? 0) + 1)
      cell.bytes += bytes
      cell.sumMs += ms
      let at = 0
      while (at < BOUNDS_MS.length && ms > (BOUNDS_MS[at] ?? 0)) at++
      cell.buckets[at] = (cell.buckets[at] ?? 0) + 1
    },

    metrics() {
      const all = cells()
      return [
        metric(REQUESTS, 'counter', 'Responses, by route, method and status.', [
          ...all.flatMap(({ labels, cell }) =>
            [...cell.counts].map(([status, value]) => ({ labels: { ...labels, status: String(status) }, value })),
          ),
        ]),
        metric(DURATION, 'histogram', 'Time until the response began, in seconds.', all.flatMap(histogramOf)),
        metric(
          BYTES,
          'counter',
          'Bytes of response bodies.',
          all.map(({ labels, cell }) => ({ labels, value: cell.bytes })),
        ),
      ]
    },
  }
}

const metric = (name: string, type: 'counter' | 'histogram', help: string, values: readonly object[]) => ({
  name,
  type,
  help,
  values,
  aggregator: 'sum',
})

const histogramOf = ({ labels, cell }: { labels: object; cell: Cell }) => {
  let count = 0
  const buckets = [...cell.buckets].map((inBucket, at) => {
    count += inBucket
    const bound = BOUNDS_MS[at]
    return {
      metricName: `${DURATION}_bucket`,
      labels: { ...labels, le: bound === undefined ? '+Inf' : bound / 1000 },
      value: count,
    }
  })
  return [
    ...buckets,
    { metricName: `${DURATION}_sum`, labels, value: cell.sumMs / 1000 },
    { metricName: `${DURATION}_count`, labels, value: count },
  ]
}
