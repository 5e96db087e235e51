// One process of the contention benchmark: some clients that change one project for a while.
//
//   (a child with an IPC channel: takes { storageDir, maxBatch, maxHeldMs, clients, seconds }, sends the times of its changes)

import { writeFileSync } from 'node:fs'
import { createFileStore } from '../../dist/stores/file/file-store.js'
import { createLogger } from '../../dist/telemetry/logger.js'

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
    await store.commit(PROJECT, { type: 'add_image', image })
    return stage.imageId
  } finally {
    await stage.discard()
  }
}

/** Uploads, makes it the cover twice, deletes it: four changes in turn. */
const client = async (store, until, times) => {
  const timed = async (change) => {
    const begin = performance.now()
    const result = await change()
    times.push(performance.now() - begin)
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
  const begin = performance.now()
  await Promise.all(Array.from({ length: clients }, () => client(store, begin + seconds * 1000, times)))
  const elapsed = (performance.now() - begin) / 1000
  await add(store)
  const { revision } = await store.project(PROJECT)
  await store.close()
  process.send({ times, elapsed, revision }, () => process.disconnect())
})
