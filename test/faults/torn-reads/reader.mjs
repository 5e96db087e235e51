// A process that reads lists and variants from a store of its own and looks whether each is whole.

import { readSync } from 'node:fs'
import { createFileStore } from '../../../dist/stores/file/file-store.js'
import { createLogger } from '../../../dist/telemetry/logger.js'
import { pick, SIZES, sha256Of } from './content.mjs'

let store
const findings = []
const counts = { lists: 0, variants: 0, gone: 0, revisions: 0 }
/** By project: the newest state that was seen. */
const newest = new Map()
/** Images that were found to be deleted. */
const deleted = []

const tasks = {
  async open({ storageDir }) {
    store = createFileStore({ storageDir, log: createLogger({ level: 'silent' }) })
    await store.open()
    return {}
  },
  async read({ projects, reads, share, clients }) {
    let left = reads
    const client = async () => {
      while (left > 0 && findings.length < 10) {
        left--
        const projectId = pick(projects)
        if (Math.random() < share) await readVariant(projectId)
        else await readList(projectId)
      }
    }
    await Promise.all(Array.from({ length: clients }, client))
    await store.close()
    return { findings, counts }
  },
}

process.on('message', async ({ type, ...message }) => {
  process.send(await tasks[type](message).catch((error) => ({ failed: String(error?.stack ?? error) })))
})

const readList = async (projectId) => {
  counts.lists++
  const known = newest.get(projectId)
  const state = await store.project(projectId)
  if (!state) {
    if (known && newest.get(projectId) === known) await leave(projectId, known.images, { ...known, images: [] })
    return undefined
  }
  const images = await store.images(state)
  if (!images) return readList(projectId)
  const at = `${projectId} at revision ${state.revision}`
  if (known && state.revision < known.revision) findings.push(`${at}: revision ${known.revision} was read before`)
  if (known?.revision === state.revision) {
    if (!sameImages(known.images, images)) findings.push(`${at}: read twice, two lists`)
    return images
  }
  counts.revisions++
  const ids = new Set(images.map(({ id }) => id))
  if (images.length !== state.image_count)
    findings.push(`${at}: ${images.length} images, image_count ${state.image_count}`)
  if (ids.size !== images.length) findings.push(`${at}: an image is listed twice`)
  const { primary_image_id: primary } = state
  if (primary === null ? images.length > 0 : !ids.has(primary)) findings.push(`${at}: the primary image is ${primary}`)
  const now = newest.get(projectId)
  if (now && now.revision > state.revision) return images
  const gone = (now?.images ?? []).filter(({ id }) => !ids.has(id))
  await leave(projectId, gone, { revision: state.revision, images })
  return images
}

/** Reads what was just deleted, at once: the files may still be there. */
const leave = async (projectId, images, next) => {
  newest.set(projectId, next)
  for (const { id } of images) {
    deleted.push([projectId, id])
    await readDeleted(projectId, id, 'original')
  }
}

const sameImages = (a, b) => a.length === b.length && a.every(({ id }, at) => id === b[at].id)

const readVariant = async (projectId) => {
  const again = Math.random() < 0.05 ? deleted[Math.floor(Math.random() * deleted.length)] : undefined
  if (again) return readDeleted(...again)
  const image = pick(newest.get(projectId)?.images ?? []) ?? pick((await readList(projectId)) ?? [])
  if (!image) return
  counts.variants++
  const size = Math.random() < 0.05 ? 'original' : pick(SIZES.slice(1))
  const bytes = await bytesOf(projectId, image.id, size)
  const what = `${projectId}: ${size} of ${image.id}`
  if (bytes === undefined) {
    counts.gone++
    const now = await readList(projectId)
    if (now?.some(({ id }) => id === image.id)) findings.push(`${what} is not there, though the image is listed`)
    return
  }
  const recorded = image.sizes[size]
  if (bytes.length !== recorded.bytes)
    findings.push(`${what} has ${bytes.length} bytes, recorded are ${recorded.bytes}`)
  else if (sha256Of(bytes) !== recorded.sha256) findings.push(`${what} is not what was recorded`)
}

const readDeleted = async (projectId, imageId, size = pick(SIZES)) => {
  counts.gone++
  if ((await bytesOf(projectId, imageId, size)) !== undefined)
    findings.push(`${projectId}: ${size} of ${imageId} can be read, though it was deleted`)
}

const bytesOf = async (projectId, imageId, size) => {
  const file = await store.openVariant(projectId, imageId, size)
  if (!file) return undefined
  try {
    // Synchronous, because half of what a read costs is the way through the thread pool.
    const bytes = Buffer.alloc(file.bytes + 1)
    const length = readSync(file.handle.fd, bytes)
    if (length !== file.bytes) findings.push(`${imageId} ${size}: opened with ${file.bytes} bytes, read ${length}`)
    return bytes.subarray(0, length)
  } finally {
    await file.close()
  }
}
