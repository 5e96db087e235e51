// A disk that is full to the last byte under jobs and webhooks: both wait for room, over a restart too, and lose nothing.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { newSecret } from '../../../src/core/webhooks/model.ts'
import { problemSchema } from '../../../src/http/schemas/problem.ts'
import { createBallast } from '../../support/disk/ballast.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { mount } from '../../support/disk/mounts.ts'
import { say } from '../../support/faults/say.ts'
import { isMissing } from '../../support/needs.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { createServer } from '../../support/processes/server-tree.ts'
import { openReceiver } from '../../support/webhooks/receiver.ts'
import { checkEnded, markersIn, upload, uploadAsJob } from './jobs.ts'
import { messagesOf, untold } from './messages.ts'

const PROJECTS = ['one', 'two']
const UPLOADS_BEFORE = 6
const UPLOADS_AT_THE_END = 12
/** Time without room, in milliseconds: longer than pauses after a failure of the store. */
const FULL_MS = 6000

describe.skipIf(isMissing({ fault: 'full disk under jobs', programs: { mount: 'mount' }, root: true }))(
  'a full disk',
  () => {
    it('makes jobs and webhooks wait, and both go on once there is room', async () => {
      const folder = join(await temporaryFolder(), 'disk')
      const storageDir = join(folder, 'storage')
      await mount(folder, '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs')
      const ballast = await createBallast(folder, 'room')
      const { received, url } = await openReceiver()
      const env = {
        LOCK_STALE_MS: '2000',
        MIN_FREE_BYTES: '1',
        WEBHOOK_URL: url,
        WEBHOOK_SECRET: newSecret(),
        WEBHOOK_ALLOW: '127.0.0.1',
      }
      const server = await createServer({ storageDir, workers: 2, env })
      await server.start()
      const { request } = server
      const picture = await plainJpeg(640, 480)
      const acknowledged = new Map<string, { imageId: string; isDamaged: boolean }>()
      const uploads = (count: number) =>
        Array.from({ length: count }, (_, n) => uploadAsJob(request, PROJECTS[n % 2] ?? '', picture, acknowledged))
      await Promise.all(uploads(UPLOADS_BEFORE))

      // Full in the middle of what is being accepted, made and told of: the server stands still until it is.
      const last: Promise<void>[] = []
      let underWay = 0
      while (underWay === 0) {
        const more = uploads(UPLOADS_AT_THE_END)
        last.push(...more)
        await Promise.race(more)
        const goOn = await server.stop()
        underWay = (['queued', 'running'] as const).flatMap((state) => markersIn(storageDir, state)).length
        if (underWay > 0) await ballast.fill()
        goOn()
      }
      await Promise.all(last)
      // To the last byte again: what was refused has given some back.
      await ballast.fill()
      const refused = await upload(request, 'one', picture)
      expect(problemSchema.parse(await refused?.json())).toMatchObject({ status: 507, code: 'storage_full' })
      await sleep(FULL_MS)
      await server.kill()
      await ballast.fill()
      await server.start('/health')
      await sleep(FULL_MS / 2)
      const waiting = acknowledged.size
      await ballast.drop()

      const { jobs, made } = await checkEnded({ request, storageDir, projects: PROJECTS, acknowledged })
      await untold(() => messagesOf(received), jobs)
      say(`full disk: ${underWay} jobs under way, ${waiting} acknowledged, ${made.length} made`)
      expect(waiting).toBeGreaterThan(UPLOADS_BEFORE)
    })
  },
)
