// Jobs while processes are killed: every acknowledged one ends once, and one that ends its workers ends as failed.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type JobView, jobSchema } from '../../../src/http/schemas/jobs.ts'
import { newChance } from '../../support/chance.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { say } from '../../support/faults/say.ts'
import { isMissing } from '../../support/needs.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { send } from '../../support/processes/processes.ts'
import { createServer, HAND_OVER_MS, type Server } from '../../support/processes/server-tree.ts'
import { checkEnded, imagesOf, markersIn, processOf, REST_MS, restingJobs, upload, uploadAsJob } from './jobs.ts'

const KILLS = 12
const UPLOADS_A_ROUND = 6
const PROJECTS = ['one', 'two']
/** Longest time between the answer of the last upload and a kill, in milliseconds. */
const MOST_MS = 1500
const ENV = { LOCK_STALE_MS: '2000' }

const problemSchema = z.object({ code: z.string(), detail: z.string(), status: z.int() })

describe.skipIf(isMissing({ fault: 'kill -9' }))('jobs', () => {
  it('end once each, whatever is killed', async () => {
    const chance = newChance()
    const storageDir = join(await temporaryFolder(), 'storage')
    const server = await createServer({ storageDir, workers: 2, env: ENV })
    await server.start()
    const picture = await plainJpeg(1600, 1200)
    const damaged = picture.subarray(0, 2000)
    const refused = await upload(server.request, 'one', damaged, {})
    const problem = problemSchema.parse(await refused?.json())
    const acknowledged = new Map<string, { imageId: string; isDamaged: boolean }>()

    for (let kills = 0; kills < KILLS; kills++) {
      const uploads = Array.from({ length: UPLOADS_A_ROUND }, async (_, n) => {
        const isDamaged = chance.number(6) === 0
        const project = PROJECTS[n % PROJECTS.length] ?? ''
        await uploadAsJob(server.request, project, isDamaged ? damaged : picture, acknowledged, isDamaged)
      })
      // Some are being accepted then, others made.
      if (chance.number(2) === 0) await Promise.all(uploads)
      await sleep(chance.number(MOST_MS))
      await kill(server, storageDir, chance.number(2) === 0)
      await Promise.allSettled(uploads)
    }

    const { jobs: ended, made } = await checkEnded({
      request: server.request,
      storageDir,
      projects: PROJECTS,
      acknowledged,
      problem,
    })
    const again = ended.filter(({ attempts }) => attempts > 1).length
    say(`jobs: ${KILLS} kills, ${acknowledged.size} acknowledged, ${made.length} made, ${again} in several attempts`)
    expect(acknowledged.size).toBeGreaterThan(KILLS)
    expect(again).toBeGreaterThan(0)
  })

  it('fail where they end their workers, and hold up no others', async () => {
    const storageDir = join(await temporaryFolder(), 'storage')
    const server = await createServer({ storageDir, workers: 2, env: ENV })
    await server.start()
    const bad = jobSchema.parse(await (await upload(server.request, 'one', await plainJpeg(6000, 4000)))?.json())
    const killing = killWhileRunning(server, storageDir, bad.job_id)
    const picture = await plainJpeg(640, 480)
    const others: JobView[] = []
    for (let count = 0; count < UPLOADS_A_ROUND; count++) {
      const accepted = await vi.waitFor(
        async () => {
          const signal = AbortSignal.timeout(HAND_OVER_MS)
          const tried = await upload((path, init) => server.request(path, { ...init, signal }), 'one', picture)
          expect(tried?.status).toBe(202)
          return jobSchema.parse(await tried?.json())
        },
        { timeout: REST_MS },
      )
      others.push(accepted)
    }
    const kills = await killing
    await server.ready()
    const jobs = new Map((await restingJobs(server.request)).map((job) => [job.job_id, job]))
    expect(kills).toBe(3)
    expect(jobs.get(bad.job_id)).toMatchObject({
      state: 'failed',
      attempts: 3,
      problem: { code: 'encoder_failed', detail: expect.stringContaining('3 attempts') },
    })
    for (const { job_id: jobId } of others) expect(jobs.get(jobId)).toMatchObject({ state: 'succeeded' })
    expect((await imagesOf(server.request, 'one')).pending).toEqual([])
  })
})

/**
 * Kills one worker or everything, at any moment but in the third attempt of a job: it would be a failed one. Processes
 * are stopped meanwhile, so that the look and the kill are of one moment.
 */
const kill = async (server: Server, storageDir: string, isWhole: boolean): Promise<void> => {
  for (;;) {
    const goOn = await server.stop()
    const isThird = markersIn(storageDir, 'running').some(({ attempts }) => attempts >= 3)
    const [worker] = server.workers()
    if (!isThird && isWhole) {
      await server.kill()
      return server.start()
    }
    if (!isThird && worker !== undefined) send([worker], 'SIGKILL')
    goOn()
    if (!isThird) return server.ready()
    await sleep(50)
  }
}

/** Kills the worker of a job in each of its attempts, until the job has ended. @returns the number of kills */
const killWhileRunning = async (server: Server, storageDir: string, jobId: string): Promise<number> => {
  const killed = new Set<number>()
  const end = Date.now() + REST_MS
  while (!markersIn(storageDir, 'failed').some((marker) => marker.jobId === jobId)) {
    const marker = markersIn(storageDir, 'running').find((running) => running.jobId === jobId)
    // The fourth time it is handed out, no attempt is made.
    if (marker?.owner !== undefined && marker.attempts <= 3 && !killed.has(marker.attempts)) {
      killed.add(marker.attempts)
      send([processOf(storageDir, marker.owner)], 'SIGKILL')
    }
    if (Date.now() > end) throw new Error(`the job has not failed after ${killed.size} kills:\n${server.log()}`)
    await sleep(2)
  }
  return killed.size
}
