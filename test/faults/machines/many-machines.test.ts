// The guide's chapter "Many machines": nginx before two servers, RabbitMQ, Redis, a worker and a bucket, while a server is killed.

import { describe, expect, it } from 'vitest'
import { say } from '../../support/faults/say.ts'
import { isMissing } from '../../support/needs.ts'
import { plainJpeg, sha256Of } from '../../support/pictures/pictures.ts'
import { CEPH_PROGRAMS } from '../../support/processes/ceph.mjs'
import { startMachines } from './machines.ts'
import { type Acknowledged, checkAll, send, startUploads } from './uploads.ts'

const PROJECTS = ['one', 'two']
const CLIENTS = 6
/** Acknowledged uploads before and after the kill. */
const UPLOADS = 40
/** Jobs that a worker finishes alone, of large photos: more than a server begins at once. */
const JOBS = 12

const isLacking = isMissing({
  fault: 'many machines',
  programs: {
    ...CEPH_PROGRAMS,
    'rabbitmq-server': 'rabbitmq-server',
    nginx: 'nginx-light',
    'redis-server': 'redis-server',
  },
})

describe.skipIf(isLacking)('many machines', () => {
  it('keep every acknowledged picture, once, while a server is killed', async () => {
    const { url, key, servers, work, serve, waitingJobs } = await startMachines()
    const [killed, other] = servers
    const worker = await work()
    for (const server of servers) {
      const metrics = await fetch(`${server.url}/metrics`, { headers: { 'X-API-Key': key } })
      expect(await metrics.text()).toMatch(/^tintype_redis_connected 1$/m)
    }
    const uploads = startUploads({ url, key }, PROJECTS, CLIENTS)
    await uploads.reach(UPLOADS)
    await killed.kill()
    const before = uploads.acknowledged.length
    await uploads.reach(before + UPLOADS)
    await uploads.end()
    const acknowledged: Acknowledged[] = [...uploads.acknowledged]
    say(
      `many machines: ${acknowledged.length} acknowledged, ${before} before the kill, ${uploads.repeated()} requests repeated`,
    )
    await checkAll({ url: other.url, key }, PROJECTS, acknowledged)

    // What servers leave behind is the worker's.
    let server = other
    for (let round = 0; (await waitingJobs()).length === 0; round++) {
      if (round > 0) server = await serve()
      worker.child.kill('SIGSTOP')
      for (const job of await sendJobs({ url: server.url, key }, round)) acknowledged.push(job)
      expect(await server.stop()).toBe(0)
    }
    worker.child.kill('SIGCONT')
    await expect.poll(waitingJobs, { timeout: 240_000, interval: 500 }).toEqual([])
    server = await serve()
    await checkAll({ url: server.url, key }, PROJECTS, acknowledged)
    expect(await worker.stop()).toBe(0)
  })
})

/** Sends jobs of one round, each of another photo. */
const sendJobs = (target: { url: string; key: string }, round: number): Promise<Acknowledged[]> =>
  Promise.all(
    Array.from({ length: JOBS }, async (_, at) => {
      const projectId = PROJECTS[at % PROJECTS.length] ?? ''
      const photo = await plainJpeg(3000, 2000, { r: 20 * at, g: 20 * round, b: 99 })
      const imageId = await send(target, projectId, photo, { isJob: true })
      if (imageId === undefined) throw new Error('a job was not accepted')
      return { projectId, imageId, sha256: sha256Of(photo) }
    }),
  )
