// One process of the model test: runs the operations it is given against a store of its own, and notes when each
// began and ended and its result. Plain JavaScript on dist/, because Node 20 runs no TypeScript.

import { randomBytes } from 'node:crypto'
import { readlink, writeFile } from 'node:fs/promises'
import { createFileStore } from '../../../dist/stores/file/file-store.js'
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
    store = createFileStore({ log: createLogger({ level: 'silent' }), ...message.options })
    await store.open()
    // Of the thread that makes the calls to the disk, where `UV_THREADPOOL_SIZE` is 1.
    return { thread: Number((await readlink('/proc/thread-self')).split('/').at(-1)) }
  }
  if (type === 'round') {
    const { projectId, clients } = message
    const entries = await Promise.all(clients.map((steps) => client(projectId, steps)))
    return { entries: entries.flat() }
  }
  await store.close()
  return {}
}

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
      Object.entries(stage.targets).map(([size, path]) => writeFile(path, `${size} of ${stage.imageId}`)),
    )
    await stage.publish()
    const image = { ...recordOf(stage.imageId), ...(asset ? { asset } : {}), ...(isSame ? SAME_FILE : {}) }
    const terms = asset ? { asset: { name: asset } } : undefined
    const entry = await change(projectId, { type: 'add_image', image, terms }, stage)
    if (entry.result.state) knownIn(projectId).push(stage.imageId)
    return [entry]
  } finally {
    await stage.discard()
  }
}

const change = (projectId, toDo, stage) =>
  timed({ type: 'change', change: toDo }, async () => {
    const state = await shown(await store.commit(projectId, toDo, { stage }))
    // Kept, but its result is lost: as good as unknown.
    return state ? { state } : { error: 'store_unavailable', because: 'overtaken before its list was read' }
  })

const read = (projectId) =>
  timed({ type: 'read' }, async () => {
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
  timed({ type: 'variant', imageId }, async () => {
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

const timed = async (action, work) => {
  const start = process.hrtime.bigint()
  try {
    const result = await work()
    return { pid: process.pid, start, end: process.hrtime.bigint(), action, result }
  } catch (error) {
    const result = { error: error?.code ?? 'none', because: String(error?.cause?.stack ?? error?.stack ?? error) }
    return { pid: process.pid, start, end: process.hrtime.bigint(), action, result }
  }
}

const shown = async (state) => {
  const { images: _, ...project } = state
  const images = await store.images(state)
  return images && { ...project, ids: images.map(({ id }) => id) }
}

const SAME_FILE = { sha256: '5a'.repeat(32) }

const recordOf = (id) => {
  const variantOf = () => ({ width: 4, height: 3, bytes: 1, sha256: randomBytes(32).toString('hex') })
  const sizes = { original: variantOf(), medium: variantOf(), thumb: variantOf(), game: variantOf() }
  const created_at = new Date().toISOString()
  return { id, ext: 'jpg', created_at, width: 4, height: 3, sha256: randomBytes(32).toString('hex'), sizes }
}
