// What an upload and a cover cost as a project and a store grow.
//
//   npm run bench -- growth [largest]        (10, 100, … up to 100000 by default)

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newImageId } from '../../dist/core/names.js'
import { listOf } from '../../dist/core/project/image-list.js'
import { createPaths } from '../../dist/stores/file/paths.js'
import { encodeRevision, encodeSegment, publishedText, sha256 } from '../../dist/stores/history/revision.js'
import { photo } from '../support/pictures/photo.mjs'
import { cpuOfTree } from './measure/cpu.mjs'
import { median, spread } from './measure/statistics.mjs'

const UPLOADS = 20
const COVERS = 400
const ROUNDS = 5
const SIZES = ['original', 'medium', 'thumb', 'game']

/** @param {readonly string[]} args */
export const run = async ([largest = '100000']) => {
  const counts = [10, 100, 1000, 10_000, 100_000].filter((count) => count <= Number(largest))
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  try {
    const bytes = await photo({ width: 1632, height: 1224 })
    console.log('\nA project of so many images (2 MP uploads; medians of rounds in turn):')
    console.table(await inTurn(counts, folder, 'images', makeProject, bytes))
    console.log('A store of so many projects:')
    console.table(await inTurn(counts, folder, 'projects', makeStore, bytes))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Servers on stores of every size run side by side and are measured in turn, so that all see the same machine. */
const inTurn = async (counts, folder, noun, make, bytes) => {
  const servers = []
  try {
    for (const count of counts) {
      const storageDir = join(folder, `${count}-${noun}`)
      await make(storageDir, count)
      servers.push({ count, ...(await start(storageDir)), cpu: [], ms: [], cover: [] })
    }
    for (let round = -1; round < ROUNDS; round++)
      for (const server of servers) {
        const result = await measure(server, bytes)
        if (round >= 0) for (const key of ['cpu', 'ms', 'cover']) server[key].push(result[key])
      }
    const base = servers[0]
    return await Promise.all(
      servers.map(async (server) => ({
        [noun]: server.count,
        'start ms': server.startMs.toFixed(0),
        'upload ms': median(server.ms).toFixed(1),
        'min-max': spread(server.ms, 1),
        'upload CPU ms': median(server.cpu).toFixed(1),
        'CPU ratio': (median(server.cpu) / median(base.cpu)).toFixed(2),
        'cover µs': median(server.cover).toFixed(0),
        'cover ratio': (median(server.cover) / median(base.cover)).toFixed(2),
        'memory MB': ((await memoryOf(server.pid)) / 1e6).toFixed(0),
      })),
    )
  } finally {
    for (const { stop } of servers) await stop()
  }
}

const measure = async ({ url, pid }, bytes) => {
  const file = new Blob([bytes], { type: 'image/jpeg' })
  const cpuBefore = cpuOfTree(pid)
  const begin = performance.now()
  for (let n = 0; n < UPLOADS; n++) {
    const body = new FormData()
    body.append('file', file, 'photo.jpg')
    const response = await fetch(`${url}/projects/p0/images`, { method: 'POST', body })
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
    await response.arrayBuffer()
  }
  const ms = (performance.now() - begin) / UPLOADS
  const cpu = (cpuOfTree(pid) - cpuBefore) / UPLOADS
  const coverBegin = performance.now()
  for (let n = 0; n < COVERS; n++) await (await fetch(`${url}/projects/p0/thumbnail`)).arrayBuffer()
  return { ms, cpu, cover: ((performance.now() - coverBegin) * 1000) / COVERS }
}

const start = async (storageDir) => {
  const begin = performance.now()
  const child = fork(fileURLToPath(new URL('./programs/server.mjs', import.meta.url)), ['tintype', storageDir])
  const [{ port }] = await once(child, 'message')
  const startMs = performance.now() - begin
  const stop = async () => {
    child.disconnect()
    await once(child, 'exit')
  }
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, startMs, stop }
}

const makeStore = async (storageDir, projects) => {
  for (let n = 0; n < projects; n++) await writeProject(storageDir, `p${n}`, 1)
}

const makeProject = (storageDir, images) => writeProject(storageDir, 'p0', images)

/** The files of a project as its uploads would have left them, written directly. The cover is a real file. */
const writeProject = async (storageDir, projectId, count) => {
  const paths = createPaths(storageDir)
  const images = Array.from({ length: count }, () => recordOf(newImageId()))
  for (const size of SIZES) await mkdir(paths.variants(projectId, size), { recursive: true })
  await mkdir(paths.segments(projectId), { recursive: true })
  const list = listOf(images)
  const segments = []
  for (const segment of list.segments) {
    const id = newImageId().slice(0, 16)
    const text = encodeSegment(segment.images)
    await writeFile(paths.segment(projectId, id), text)
    segments.push({ ...segment, stored: { id, bytes: text.length, sha256: sha256(text) } })
  }
  const now = new Date().toISOString()
  const state = {
    project_id: projectId,
    revision: count,
    title: null,
    created_at: now,
    updated_at: now,
    primary_image_id: images[0].id,
    image_count: count,
    deleted: false,
    images: { ...list, segments },
  }
  const revision = { state, commits: [], removing: [], removingSegments: [], droppedSegments: [], events: undefined }
  await writeFile(paths.revision(projectId, count), encodeRevision(revision))
  const segmentText = (id) => readFile(paths.segment(projectId, id), 'utf8')
  await writeFile(paths.published(projectId), publishedText(state, segmentText))
  await giveCover(storageDir, paths, projectId, images[0].id)
}

const giveCover = async (storageDir, paths, projectId, imageId) => {
  const shared = join(storageDir, 'cover.bin')
  await writeFile(shared, Buffer.alloc(20_000, 1), { flag: 'wx' }).catch(() => {})
  // A hard link takes no room of its own; a file has at most 65000 of them on ext4, so most projects have only an icon.
  for (const size of SIZES) await link(shared, paths.variant(projectId, imageId, size)).catch(() => {})
}

const recordOf = (id) => {
  const variant = { width: 400, height: 300, bytes: 20_000, sha256: sha256(id) }
  const sizes = { original: variant, medium: variant, thumb: variant, game: variant }
  return {
    id,
    ext: 'jpg',
    created_at: new Date().toISOString(),
    width: 400,
    height: 300,
    sha256: sha256(id),
    sizes,
    placeholder: '1DgGDoILwErCm5rIrIpnWomdCMOqYKs=',
    color: '#302722',
  }
}

const memoryOf = async (pid) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
