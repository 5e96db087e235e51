// wrk: requests a second and times of one URL.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * @param {string} url
 * @param {{ seconds: string, connections: number, headers?: readonly string[], under?: readonly string[] }} options
 * @returns {Promise<{ rate: number, p50: number, p99: number, errors: number }>}
 */
export const wrk = async (url, { seconds, connections, headers = [], under = [] }) => {
  const [program, ...before] = [...under, 'wrk']
  const { stdout } = await promisify(execFile)(program, [
    ...before,
    ...['-t1', `-c${connections}`, `-d${seconds}s`, '--latency'],
    ...headers.flatMap((header) => ['-H', header]),
    url,
  ])
  const find = (pattern) => pattern.exec(stdout) ?? []
  const ms = (percent) => {
    const [, value, unit] = find(new RegExp(`${percent}% +([\\d.]+)(us|ms|s)`))
    return Number((Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit]).toFixed(2))
  }
  const failed = Number(find(/Non-2xx or 3xx responses: (\d+)/)[1] ?? 0)
  const broken = (find(/Socket errors: (.+)/)[1]?.match(/\d+/g) ?? []).reduce((sum, count) => sum + Number(count), 0)
  return { rate: Number(find(/Requests\/sec: +([\d.]+)/)[1]), p50: ms(50), p99: ms(99), errors: failed + broken }
}
