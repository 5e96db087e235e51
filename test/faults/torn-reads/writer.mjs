// A process that uploads, deletes and rearranges until it gets the message to stop.

import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFileStore } from '../../../dist/stores/file/file-store.js'
import { createLogger } from '../../../dist/telemetry/logger.js'
import { contentOf, pick, SIZES, sha256Of } from './content.mjs'

let store
let running
let changes = 0
const failures = []

const tasks = {
  async open({ storageDir }) {
    store = createFileStore({ storageDir, log: createLogger({ level: 'silent' }) })
    await store.open()
    return {}
  },
  async start({ projects }) {
    running = true
    for (const project of projects) await fill(project)
    running = Promise.all(projects.map(work))
    return {}
  },
  async stop() {
    const working = running
    running = undefined
    await working
    await store.close()
    return { changes, failures }
  },
}

process.on('message', async ({ type, ...message }) => {
  process.send(await tasks[type](message).catch((error) => ({ failed: String(error?.stack ?? error) })))
})

const fill = async ({ projectId, images }) => {
  for (let left = images; left > 0; left -= 20)
    await Promise.all(Array.from({ length: Math.min(left, 20) }, () => add(projectId)))
}

const work = async ({ projectId, images }) => {
  while (running) {
    try {
      await change(projectId, images)
      changes++
    } catch (error) {
      failures.push(`${projectId}: ${error?.cause?.stack ?? error?.stack ?? error}`)
    }
    // Readers are to get the better part of the machine.
    await sleep(20)
  }
}

const change = async (projectId, images) => {
  const state = await store.project(projectId)
  if (!state || state.image_count < images / 2) return add(projectId)
  const ids = ((await store.images(state)) ?? []).map(({ id }) => id)
  const chance = Math.random()
  if (chance < 0.35 && ids.length < images * 1.5) return add(projectId)
  if (chance < 0.75) return store.commit(projectId, { type: 'delete_image', imageId: pick(ids) })
  if (chance < 0.9) return store.commit(projectId, { type: 'set_primary', imageId: pick(ids) })
  if (chance < 0.99) return store.commit(projectId, { type: 'edit', imageOrder: [pick(ids)] })
  return images < 50 ? store.commit(projectId, { type: 'delete_project' }) : undefined
}

const add = async (projectId) => {
  const stage = await store.stage(projectId)
  try {
    const sizes = {}
    for (const size of SIZES) {
      const content = contentOf(stage.imageId, size)
      sizes[size] = { width: 4, height: 3, bytes: content.length, sha256: sha256Of(content) }
      await writeFile(stage.targets[size], content)
    }
    await stage.publish()
    const created_at = new Date().toISOString()
    const image = { id: stage.imageId, ext: 'jpg', created_at, width: 4, height: 3, sha256: sizes.game.sha256, sizes }
    await store.commit(projectId, { type: 'add_image', image }, { stage })
  } finally {
    await stage.discard()
  }
}
