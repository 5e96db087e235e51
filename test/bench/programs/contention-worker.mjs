// One process of the contention benchmark: some clients that change one project for a while.
//
//   (a child with an IPC channel: takes { storageDir, maxBatch, maxHeldMs, clients, seconds }, sends the times of its changes)

import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFileStore } from '../../../dist/stores/file/file-store.js'
import { createLogger } from '../../../dist/telemetry/logger.js'

const PROJECT = 'bench'
const PIXELS = { width: 1, height: 1, bytes: 5, sha256: 'a'.repeat(64) }
const SIZES = { original: PIXELS, medium: PIXELS, thumb: PIXELS, game: PIXELS }

const add = async (store) => {
  const stage = await store.stage(PROJECT)
  try {
    // In a service another process writes them.
    for (const path of Object.values(stage.targets)) writeFileSync(path, 'small')
    await stage.publish()
    const created_at = new Date().toISOString()
    const image = {
      id: stage.imageId,
      ext: 'jpg',
      created_at,
      width: 1,
      height: 1,
      sha256: 'b'.repeat(64),
      sizes: SIZES,
    }
    await store.commit(PROJECT, { type: 'add_image', image }, { stage })
    return stage.imageId
  } finally {
    await stage.discard()
  }
}

/** Not counted: a server has run for a while, and code is compiled after some dozens of each kind. */
const WARM_UP_MS = 1000

/** Uploads, makes it the cover twice, deletes it: four changes in turn. */
const client = async (store, from, until, times) => {
  const timed = async (change) => {
    const begin = performance.now()
    const result = await change()
    if (begin >= from) times.push(performance.now() - begin)
    return result
  }
  while (performance.now() < until) {
    const imageId = await timed(() => add(store))
    for (const type of ['set_primary', 'set_primary', 'delete_image'])
      await timed(() => store.commit(PROJECT, { type, imageId }))
  }
}

process.once('message', async ({ storageDir, maxBatch, maxHeldMs, clients, seconds }) => {
  const store = createFileStore({ storageDir, maxBatch, maxHeldMs, log: createLogger({ level: 'error' }) })
  await store.open()
  const times = []
  const begin = performance.now() + WARM_UP_MS
  const changing = Array.from({ length: clients }, () => client(store, begin, begin + seconds * 1000, times))
  await sleep(WARM_UP_MS)
  const before = (await store.project(PROJECT)).revision
  await Promise.all(changing)
  const elapsed = (performance.now() - begin) / 1000
  await add(store)
  const { revision } = await store.project(PROJECT)
  await store.close()
  process.send({ times, elapsed, revisions: [before, revision] }, () => process.disconnect())
})
