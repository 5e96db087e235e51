// Jobs over RabbitMQ while broker, workers and server are killed, and messages are lost and doubled: each ends once.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'amqplib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { createQueueFolder, ensureFolderId } from '../../../src/stores/private/folder-id.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { say } from '../../support/faults/say.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { createRabbitMq, lacksRabbitMq } from '../../support/processes/rabbitmq.ts'
import { createServer, type Server } from '../../support/processes/server-tree.ts'
import { runTintype } from '../../support/processes/tintype.ts'
import { checkEnded, markersIn, uploadAsJob } from './jobs.ts'

const UPLOADS_A_ROUND = 12
const PROJECTS = ['one', 'two']
const DAMAGED = 5

const readySchema = z.object({ status: z.literal('ready'), queue: z.enum(['connected', 'disconnected']) })

describe.skipIf(lacksRabbitMq('kill -9 over RabbitMQ'))('jobs over RabbitMQ', () => {
  it('end once each, whatever is killed, lost or doubled', async () => {
    const broker = await createRabbitMq()
    onTestFinished(() => broker.remove())
    await broker.start()
    const storageDir = join(await temporaryFolder(), 'storage')
    const env = { LOCK_STALE_MS: '2000', LOG_LEVEL: 'warn', STORAGE_DIR: storageDir, QUEUE: broker.url, ENCODERS: '1' }
    const server = await createServer({ storageDir, env })
    await server.start()
    const work = async () => {
      const run = await runTintype(['work'], { env })
      await vi.waitFor(() => expect(run.stdout()).toContain('Ctrl-C'), { timeout: 60_000 })
      return run
    }
    const one = await work()
    await work()
    const picture = await plainJpeg(1200, 900)
    const acknowledged = new Map<string, { imageId: string; isDamaged: boolean }>()
    let sent = 0

    /** Some are being accepted, others made, at the fault in the midst of it. */
    const round = async (fault: () => Promise<void>): Promise<void> => {
      const uploads = Array.from({ length: UPLOADS_A_ROUND }, async (_, n) => {
        const isDamaged = n % UPLOADS_A_ROUND === DAMAGED
        const bytes = isDamaged ? picture.subarray(0, 2000) : picture
        sent++
        await uploadAsJob(server.request, PROJECTS[n % PROJECTS.length] ?? '', bytes, acknowledged, isDamaged)
      })
      await Promise.race(uploads)
      await fault()
      await Promise.allSettled(uploads)
    }

    // In all, fewer kills than the attempts after which a job fails.
    await round(async () => {
      await one.kill()
      await work()
    })
    await round(async () => {
      await broker.kill()
    })
    await vi.waitFor(async () => expect(await queueOf(server)).toBe('disconnected'), { timeout: 60_000 })
    await round(async () => {})
    // All of those that were sent without a broker.
    expect(acknowledged.size).toBe(sent)
    expect(markersIn(storageDir, 'queued').length).toBeGreaterThan(0)
    await broker.start()
    await vi.waitFor(async () => expect(await queueOf(server)).toBe('connected'), { timeout: 60_000 })
    await round(() => loseAndDouble(broker.url, storageDir))
    await round(async () => {
      await server.kill()
      await server.start()
    })

    const { jobs, made } = await checkEnded({ request: server.request, storageDir, projects: PROJECTS, acknowledged })
    const again = jobs.filter(({ attempts }) => attempts > 1).length
    say(`jobs over RabbitMQ: ${acknowledged.size} acknowledged, ${made.length} made, ${again} in several attempts`)
    expect(acknowledged.size).toBeGreaterThanOrEqual(4 * UPLOADS_A_ROUND)
  })
})

const queueOf = async (server: Server): Promise<string> =>
  readySchema.parse(await (await server.request('/ready')).json()).queue

/** Removes what waits in the broker, and adds a message for each job that waits in the store, twice. */
const loseAndDouble = async (url: string, storageDir: string): Promise<void> => {
  const connection = await connect(url)
  const channel = await connection.createConfirmChannel()
  const name = `tintype.${await ensureFolderId(createQueueFolder(storageDir))}.jobs.first`
  await channel.purgeQueue(name)
  for (const { jobId, projectId } of [...markersIn(storageDir, 'queued'), ...markersIn(storageDir, 'running')])
    for (let times = 0; times < 2; times++)
      channel.sendToQueue(name, Buffer.from(JSON.stringify({ job_id: jobId, project_id: projectId })))
  await channel.waitForConfirms()
  await sleep(100)
  await connection.close()
}
