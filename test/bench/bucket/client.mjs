// Clients that keep their connections, and send as soon as they are answered.

import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

const agent = new Agent({ keepAlive: true })

/**
 * @param {string} url
 * @param {number} status expected
 * @param {import('node:http').RequestOptions} [options]
 * @param {Buffer | string} [body]
 */
export const send = async (url, status, options = {}, body = undefined) => {
  const [response] = await once(request(url, { ...options, agent }).end(body), 'response')
  const answer = await buffer(response)
  if (response.statusCode !== status) throw new Error(`${url}: ${response.statusCode} ${answer}`)
  return { headers: response.headers, body: answer }
}

/**
 * Runs clients until they have no more work, each with the next number as soon as it is done.
 *
 * @param {number} clients
 * @param {() => boolean} hasMore
 * @param {(n: number, client: number) => Promise<unknown>} work
 * @returns seconds of all, and milliseconds of each work, sorted
 */
export const runClients = async (clients, hasMore, work) => {
  const times = []
  let next = 0
  const client = async (_, index) => {
    while (hasMore()) {
      const beganMs = performance.now()
      await work(next++, index)
      times.push(performance.now() - beganMs)
    }
  }
  const beganMs = performance.now()
  await Promise.all(Array.from({ length: clients }, client))
  return { seconds: (performance.now() - beganMs) / 1000, times: times.sort((a, b) => a - b) }
}

/** True until so many seconds have passed since the call. @param {number} seconds */
export const forSeconds = (seconds) => {
  const endMs = performance.now() + seconds * 1000
  return () => performance.now() < endMs
}

/** True so many times. @param {number} count */
export const times = (count) => () => count-- > 0

/** @param {readonly number[]} sorted @param {number} part */
export const quantile = (sorted, part) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
