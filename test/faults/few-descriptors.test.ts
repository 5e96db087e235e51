import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../support/disk/folder.ts'
import { run } from '../support/disk/mounts.ts'
import { checkStore, publishAgain } from '../support/faults/check.ts'
import { acknowledgedIn, createLedger } from '../support/faults/ledger.ts'
import { startLoad } from '../support/faults/load.ts'
import { say } from '../support/faults/say.ts'
import { isMissing } from '../support/needs.ts'
import { createServer, type Request } from '../support/processes/server-tree.ts'
import { straysAfterSweep } from '../support/store/strays.ts'

const CLIENTS = 16
/** Descriptors that a worker may open beside those that it has at rest, with the clients connected. */
const SPARE = [16, 8, 4, 2, 1, 0]
const SECONDS_EACH = 1.5
const ENOUGH = 4096
/** Of clients, in milliseconds: the kernel throws a connection away that is handed to a process without a free one. */
const PATIENCE_MS = 10_000
/** Once there are enough. */
const LONG_PATIENCE_MS = 60_000

describe.skipIf(isMissing({ fault: 'few descriptors', programs: { prlimit: 'util-linux' } }))(
  'too few descriptors',
  () => {
    it('refuse changes by 503, lose none, and have no effect once there are enough', async () => {
      const storageDir = join(await temporaryFolder(), 'storage')
      const server = await createServer({ storageDir, workers: 2, env: { LOCK_STALE_MS: '2000' } })
      await server.start()
      const ledger = createLedger()
      let patienceMs = PATIENCE_MS
      const request: Request = (path, init) =>
        server.request(path, { ...init, signal: AbortSignal.timeout(patienceMs) })
      const load = startLoad({ servers: [request], ledger, projects: ['p', 'q'], clients: CLIENTS, images: 20 })
      while (load.done() < 50) await sleep(10)

      const read: string[] = []
      for (const spare of SPARE) {
        await load.pause()
        const limited = server.workers()
        for (const pid of limited) await limit(pid, limitFor(pid, spare))
        load.resume()
        read.push(...(await statusesOf(request, READS)))
        await sleep(SECONDS_EACH * 1000)
        await load.pause()
        // One that could not even take a connection has been replaced.
        for (const pid of server.workers()) if (limited.includes(pid)) await limit(pid, ENOUGH)
        await server.ready()
      }
      const refused = load.failures()
      const others = Object.keys(refused).filter((failure) => !/ (503 \w+|without an answer)$/.test(failure))
      expect(others, others.length > 0 ? server.log() : '').toEqual([])
      expect(refused['upload 503 store_unavailable']).toBeGreaterThan(0)
      expect(read.filter((status) => !/ (200|503|unanswered)$/.test(status))).toEqual([])
      patienceMs = LONG_PATIENCE_MS
      // Unanswered are those on a kept connection to a worker that was replaced.
      const after = await vi.waitFor(
        async () => {
          const statuses = await statusesOf(request, READS)
          expect(statuses.filter((status) => status.endsWith(' unanswered'))).toEqual([])
          return statuses
        },
        { timeout: 3 * LONG_PATIENCE_MS },
      )
      expect(after).toEqual(READS.map((path) => `${path} 200`))

      const changes = async (count: number): Promise<Record<string, number>> => {
        const enough = load.done() + count
        load.resume()
        while (load.done() < enough) await sleep(10)
        await load.pause()
        return load.failures()
      }
      // A kept connection may lead to a worker that was replaced, or lie unread where its descriptor was thrown away: its
      // client finds out by its next request.
      const settled = await changes(10 * CLIENTS)
      expect(refusalsOf(settled)).toEqual(refusalsOf(refused))
      expect(await changes(50)).toEqual(settled)

      expect(await server.end()).toBe(0)
      await server.start()
      const findings = await straysAfterSweep(storageDir)
      await publishAgain(server.request, ledger)
      findings.push(...(await checkStore({ storageDir, ledger, request: server.request })))
      say(
        `few descriptors (${SPARE.join(', ')} to spare): ${acknowledgedIn(ledger)} uploads and deletes acknowledged, ` +
          `${sum(refused, ' 503 ')} changes refused by 503, ${sum(refused, ' without ')} unanswered, ${findings.length} wrong`,
      )
      expect(findings).toEqual([])
    })
  },
)

/** Reads whose first answer opens files, and starts an encoder. */
const READS = ['/docs/swagger-ui-dist/swagger-ui.css', '/docs/favicon-32x32.png', '/projects/p/cover.webp?size=medium']

const statusesOf = (request: Request, paths: readonly string[]): Promise<string[]> =>
  Promise.all(
    paths.map(async (path) => {
      const answer = await request(path).catch(() => undefined)
      await answer?.arrayBuffer().catch(() => {})
      return `${path} ${answer?.status ?? 'unanswered'}`
    }),
  )

const sum = (failures: Record<string, number>, part: string): number =>
  Object.entries(failures).reduce((total, [failure, count]) => total + (failure.includes(part) ? count : 0), 0)

const refusalsOf = (failures: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(failures).filter(([failure]) => failure.includes(' 503 ')))

const limit = (pid: number, count: number) => run('prlimit', '--pid', String(pid), `--nofile=${count}:${ENOUGH}`)

/** The limit under which a process can open just so many more: a new descriptor is always the lowest that is free. */
const limitFor = (pid: number, spare: number): number => {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
  let limit = 0
  for (let free = 0; free < spare || open.has(limit); limit++) if (!open.has(limit)) free++
  return limit
}
