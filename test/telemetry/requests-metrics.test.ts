// Requests counted in plain numbers, and what comes of them.

import { describe, expect, it } from 'vitest'
import { createRequestMeter } from '../../src/telemetry/requests.ts'
import { cumulativeOf, metricsText } from '../../src/telemetry/snapshot.ts'

const ROUTE = '/projects/{project_id}/thumbnail'

const linesOf = async (...meters: ReturnType<typeof createRequestMeter>[]): Promise<string[]> =>
  (await metricsText(meters.map((meter) => meter.metrics()))).split('\n')

const bucket = (le: string, count: number) =>
  `tintype_http_request_duration_seconds_bucket{method="GET",route="${ROUTE}",le="${le}"} ${count}`

describe('the meter of requests', () => {
  it('counts by route, method and status', async () => {
    const meter = createRequestMeter()
    meter.record('GET', ROUTE, 200, 1, 100)
    meter.record('GET', ROUTE, 200, 2, 100)
    meter.record('GET', ROUTE, 304, 1, 0)
    meter.record('HEAD', ROUTE, 200, 1, 0)
    const lines = await linesOf(meter)
    expect(lines).toContain(`tintype_http_requests_total{method="GET",route="${ROUTE}",status="200"} 2`)
    expect(lines).toContain(`tintype_http_requests_total{method="GET",route="${ROUTE}",status="304"} 1`)
    expect(lines).toContain(`tintype_http_requests_total{method="HEAD",route="${ROUTE}",status="200"} 1`)
    expect(lines).toContain(`tintype_http_response_bytes_total{method="GET",route="${ROUTE}"} 200`)
  })

  it('counts a time in the buckets at or above it', async () => {
    const meter = createRequestMeter()
    for (const ms of [0.1, 0.11, 1, 1.01, 30_000, 30_001]) meter.record('GET', ROUTE, 200, ms, 0)
    const lines = await linesOf(meter)
    expect(lines).toContain(bucket('0.0001', 1))
    expect(lines).toContain(bucket('0.00025', 2))
    expect(lines).toContain(bucket('0.001', 3))
    expect(lines).toContain(bucket('0.0025', 4))
    expect(lines).toContain(bucket('10', 4))
    expect(lines).toContain(bucket('30', 5))
    expect(lines).toContain(bucket('+Inf', 6))
    expect(lines).toContain(`tintype_http_request_duration_seconds_count{method="GET",route="${ROUTE}"} 6`)
    const sum = lines.find((line) => line.startsWith('tintype_http_request_duration_seconds_sum'))
    expect(Number(sum?.split(' ').at(-1))).toBeCloseTo(60.00322, 6)
  })

  it('has one name for all unknown methods', async () => {
    const meter = createRequestMeter()
    for (let n = 0; n < 50; n++) meter.record(`METHOD-${n}`, 'none', 405, 1, 10)
    const lines = await linesOf(meter)
    expect(lines.filter((line) => line.startsWith('tintype_http_requests_total'))).toEqual([
      'tintype_http_requests_total{method="other",route="none",status="405"} 50',
    ])
  })

  it('sums several processes, and keeps the counts of one that ended', async () => {
    const [one, other] = [createRequestMeter(), createRequestMeter()]
    one.record('GET', ROUTE, 200, 1, 5)
    other.record('GET', ROUTE, 200, 1, 7)
    other.record('GET', ROUTE, 404, 1, 0)
    const gauge = { name: 'a_gauge', type: 'gauge', help: 'Up and down.', values: [], aggregator: 'sum' }
    const remains = await cumulativeOf([other.metrics(), [gauge]])
    expect(remains.map(({ name }) => name)).not.toContain('a_gauge')
    for (const both of [await linesOf(one, other), (await metricsText([one.metrics(), remains])).split('\n')]) {
      expect(both).toContain(`tintype_http_requests_total{method="GET",route="${ROUTE}",status="200"} 2`)
      expect(both).toContain(`tintype_http_requests_total{method="GET",route="${ROUTE}",status="404"} 1`)
      expect(both).toContain(`tintype_http_response_bytes_total{method="GET",route="${ROUTE}"} 12`)
      expect(both).toContain(bucket('0.001', 3))
    }
  })
})
