// One process of the model test: runs the operations it is given against a store of its own, and notes when each
// began and ended and its result. Plain JavaScript on dist/, because Node 20 runs no TypeScript.

import { createHash, randomBytes } from 'node:crypto'
import { readlink, writeFile } from 'node:fs/promises'
import { createFileStore } from '../../../dist/stores/file/file-store.js'
import { createBucket } from '../../../dist/stores/s3/client/bucket.js'
import { createS3Store } from '../../../dist/stores/s3/s3-store.js'
import { createLogger } from '../../../dist/telemetry/logger.js'

/** @type {import('../../../dist/stores/store.js').Store} */
let store
/** Ids of images, by project, that this process has come to know: of its own uploads and from lists. */
const knownOf = new Map()

process.on('message', async (message) => {
  try {
    process.send(await handle(message))
  } catch (error) {
    process.send({ failed: String(error?.stack ?? error) })
  }
})

const handle = async ({ type, ...message }) => {
  if (type === 'open') {
    store = createStore(message.options)
    await store.open()
    // Of the thread that makes the calls to the disk, where `UV_THREADPOOL_SIZE` is 1.
    return { thread: Number((await readlink('/proc/thread-self')).split('/').at(-1)) }
  }
  if (type === 'round') {
    const all = message.rounds.flatMap(({ projectId, clients }) => clients.map((steps) => client(projectId, steps)))
    return { entries: (await Promise.all(all)).flat() }
  }
  await store.close()
  return {}
}

/** In a folder, or in the bucket of the options. */
const createStore = ({ bucket, ...options }) => {
  const log = createLogger({ level: 'silent' })
  if (!bucket) return createFileStore({ log, ...options })
  const { credentials, ...rest } = bucket
  const client = createBucket({ ...rest, pauseMs: 5, credentials: async () => credentials })
  // Variants by their ids are to be as new as lists.
  return createS3Store({ log, bucket: client, staleMs: 0, readLeases: BUSY_AT_ONCE, ...options })
}

/** A process takes leases to read each project from its second read on. */
const BUSY_AT_ONCE = { busyCalls: 1, busyProofs: 1, graceMs: 50, maxLogs: 10_000 }

const client = async (projectId, steps) => {
  const entries = []
  for (const step of steps) entries.push(...(await perform(projectId, step)))
  return entries
}

const perform = async (projectId, { kind, pick, title }) => {
  const known = knownIn(projectId)
  const id = known[pick % known.length]
  if (kind === 'add') return add(projectId)
  if (kind === 'put') return add(projectId, assetOf(pick), pick % 3 === 0)
  if (kind === 'free') return [await change(projectId, { type: 'delete_asset', name: assetOf(pick) })]
  if (kind === 'read' || (id === undefined && kind !== 'drop' && kind !== 'title')) return [await read(projectId)]
  if (kind === 'variant') return [await variant(projectId, id)]
  return [await change(projectId, changeOf(kind, id, known[(pick * 7 + 3) % known.length], title))]
}

const knownIn = (projectId) => {
  const known = knownOf.get(projectId) ?? []
  knownOf.set(projectId, known)
  return known
}

const changeOf = (kind, imageId, other, title) => {
  if (kind === 'delete') return { type: 'delete_image', imageId }
  if (kind === 'delete several') return { type: 'delete_images', imageIds: [other, imageId] }
  if (kind === 'primary') return { type: 'set_primary', imageId }
  if (kind === 'title') return { type: 'edit', title }
  if (kind === 'drop') return { type: 'delete_project' }
  return { type: 'edit', imageOrder: other === imageId ? [imageId] : [imageId, other] }
}

const assetOf = (pick) => (pick % 2 === 0 ? 'ui/button' : 'hero')

/** @param asset name of the asset to put. @default none @param isSame with a file that others put too */
const add = async (projectId, asset, isSame = false) => {
  const stage = await store.stage(projectId)
  try {
    await Promise.all(
      Object.entries(stage.targets).map(([size, path]) => writeFile(path, contentOf(size, stage.imageId))),
    )
    await stage.publish()
    const image = { ...recordOf(stage.imageId), ...(asset ? { asset } : {}), ...(isSame ? SAME_FILE : {}) }
    const terms = asset ? { asset: { name: asset } } : undefined
    const entry = await change(projectId, { type: 'add_image', image, terms }, stage)
    // Not where an image with the same file answers it: nobody is told an id then.
    if (entry.result.state?.ids.includes(stage.imageId)) knownIn(projectId).push(stage.imageId)
    return [entry]
  } finally {
    await stage.discard()
  }
}

const change = (projectId, toDo, stage) =>
  timed(projectId, { type: 'change', change: toDo }, async () => {
    const state = await shown(await store.commit(projectId, toDo, { stage }))
    // Kept, but its result is lost: as good as unknown.
    return state ? { state } : { error: 'store_unavailable', because: 'overtaken before its list was read' }
  })

const read = (projectId) =>
  timed(projectId, { type: 'read' }, async () => {
    let snapshot
    while (!snapshot) {
      const state = await store.project(projectId)
      if (!state) return { state: null }
      snapshot = await shown(state)
    }
    const known = knownIn(projectId)
    known.push(...snapshot.ids.filter((id) => !known.includes(id)))
    return { state: snapshot }
  })

const variant = (projectId, imageId) =>
  timed(projectId, { type: 'variant', imageId }, async () => {
    const file = await store.openVariant(projectId, imageId, 'thumb')
    if (!file) return { bytes: null }
    try {
      const pieces = []
      for await (const piece of file.read(0, file.bytes)) pieces.push(piece)
      return { bytes: Buffer.concat(pieces).toString() }
    } finally {
      await file.close()
    }
  })

const timed = async (projectId, action, work) => {
  const start = process.hrtime.bigint()
  try {
    const result = await work()
    return { pid: process.pid, projectId, start, end: process.hrtime.bigint(), action, result }
  } catch (error) {
    const result = { error: error?.code ?? 'none', because: String(error?.cause?.stack ?? error?.stack ?? error) }
    return { pid: process.pid, projectId, start, end: process.hrtime.bigint(), action, result }
  }
}

const shown = async (state) => {
  const { images: _, ...project } = state
  const images = await store.images(state)
  return images && { ...project, ids: images.map(({ id }) => id) }
}

const SAME_FILE = { sha256: '5a'.repeat(32) }

const contentOf = (size, id) => `${size} of ${id}`

const recordOf = (id) => {
  const variantOf = (size) => {
    const content = contentOf(size, id)
    return { width: 4, height: 3, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
  }
  const sizes = Object.fromEntries(['original', 'medium', 'thumb', 'game'].map((size) => [size, variantOf(size)]))
  const created_at = new Date().toISOString()
  return { id, ext: 'jpg', created_at, width: 4, height: 3, sha256: randomBytes(32).toString('hex'), sizes }
}
