// A power cut under jobs and webhooks: every acknowledged job ends once, and all that was acknowledged is told of, in order.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { newSecret } from '../../../src/core/webhooks/model.ts'
import { openApp } from '../../support/app.ts'
import { newChance } from '../../support/chance.ts'
import {
  aMinuteLater,
  createCrashDisk,
  type DiskCopy,
  FILE_SYSTEMS,
  mountsCopiesOf,
} from '../../support/disk/crash-disk.ts'
import { say } from '../../support/faults/say.ts'
import { isMissing } from '../../support/needs.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { createServer, type Request } from '../../support/processes/server-tree.ts'
import { openReceiver } from '../../support/webhooks/receiver.ts'
import { type Acknowledged, checkEnded, uploadAsJob } from './jobs.ts'
import { type Message, messagesOf, untold } from './messages.ts'

/** Of each file system. */
const CUTS = 4
/** Longest time between two cuts, in milliseconds. */
const MOST_MS = 1500
const CLIENTS = 3
const PROJECTS = ['one', 'two']
const SECRET = newSecret()
const PROGRAMS = {
  mount: 'mount',
  losetup: 'mount',
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.xfs': 'xfsprogs',
  'mkfs.btrfs': 'btrfs-progs',
}

interface Cut {
  copy: DiskCopy
  acknowledged: Acknowledged
  /** Those that had arrived by then. */
  arrived: Message[]
}

describe.each(FILE_SYSTEMS)('a power cut on %s', (fileSystem) => {
  const fault = `power cut on ${fileSystem} under jobs`
  const missing = isMissing({ fault, programs: PROGRAMS, root: true }) || !mountsCopiesOf(fileSystem, fault)

  it.skipIf(missing)('loses no job, doubles none, and leaves out no webhook', async () => {
    const chance = newChance()
    const disk = await createCrashDisk(fileSystem)
    const { received, url } = await openReceiver()
    const env = {
      LOCK_STALE_MS: '2000',
      MIN_FREE_BYTES: '1',
      WEBHOOK_URL: url,
      WEBHOOK_SECRET: SECRET,
      WEBHOOK_ALLOW: '127.0.0.1',
    }
    const server = await createServer({ storageDir: join(disk.folder, 'storage'), workers: 2, env })
    await server.start()
    const picture = await plainJpeg(1600, 1200)
    const damaged = picture.subarray(0, 1000)
    const acknowledged = new Map<string, { imageId: string; isDamaged: boolean }>()
    // The projects are there before the first cut, however slow the machine is.
    for (const project of PROJECTS) await uploadAsJob(server.request, project, picture, acknowledged)
    let isOver = false
    const client = async (n: number) => {
      while (!isOver) {
        const isDamaged = chance.number(8) === 0
        const project = PROJECTS[n % PROJECTS.length] ?? ''
        await uploadAsJob(server.request, project, isDamaged ? damaged : picture, acknowledged, isDamaged)
        await sleep(chance.number(200))
      }
    }
    const clients = Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n)))

    let waited = 0
    for (let cuts = 0; cuts < CUTS; cuts++) {
      await sleep(chance.number(MOST_MS, 300))
      const goOn = await server.stop()
      // All that was answered by now, and what the receiver has by now or is about to take.
      const answered = new Map(acknowledged)
      const copy = await disk.copyFlushed()
      const cut = { copy, acknowledged: answered, arrived: messagesOf(received) }
      goOn()
      waited += await checkCopy(cut)
    }
    isOver = true
    await clients
    say(`${fault}: ${CUTS} under ${acknowledged.size} jobs, ${waited} of which had not ended`)
    expect(acknowledged.size).toBeGreaterThan(CUTS)
    expect(waited).toBeGreaterThan(0)
  })
})

/** The store after the cut, in this process, with a receiver of its own. @returns the jobs that were not at their end */
const checkCopy = async ({ copy, acknowledged, arrived }: Cut): Promise<number> => {
  const storageDir = join(copy.folder, 'storage')
  await aMinuteLater(storageDir)
  const { received, url } = await openReceiver()
  const cut = await openApp(storageDir, {
    webhookUrl: url,
    webhookSecret: SECRET,
    webhookAllow: '127.0.0.1',
    lockStaleMs: 2000,
    minFreeBytes: 1,
  })
  const openedAt = new Date().toISOString()
  const request: Request = async (path, init) => cut.app.request(path, init)
  try {
    const { jobs } = await checkEnded({ request, storageDir, projects: PROJECTS, acknowledged, mayKeepUploads: true })
    await untold(() => [...arrived, ...messagesOf(received)], jobs)
    return jobs.filter(({ finished_at: at }) => (at ?? '') > openedAt).length
  } finally {
    await cut.close()
    await copy.discard()
  }
}
