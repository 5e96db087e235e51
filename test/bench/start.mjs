// The start of a server on a store of many projects, with and without the index of its catalogue, and the memory of that.
//
//   npm run bench -- start [projects]        (100000 by default; TMPDIR chooses the disk)

import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { newImageId } from '../../dist/core/names.js'
import { PROJECT_SORTS } from '../../dist/core/project-query.js'
import { createEntries } from '../../dist/stores/catalogue/entries.js'
import { readIndex } from '../../dist/stores/catalogue/index-file.js'
import { createPaths } from '../../dist/stores/file/paths.js'
import { encodeRevision } from '../../dist/stores/history/revision.js'
import { startTintype, untilServing } from '../support/processes/start.mjs'
import { cpuOfTree } from './measure/cpu.mjs'

const ROUNDS = 3
/** Bounds of the issue: a start in milliseconds, memory of a project in bytes. */
const MOST_START_MS = 1000
const MOST_BYTES = 300
const OWNERS = Array.from({ length: 1000 }, newImageId)
/** Age from which the time of a folder tells of every change, see the reader of the catalogue. */
const SETTLED_MS = 2100

/** @param {readonly string[]} args */
export const run = async ([projects = '100000']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const storageDir = join(folder, 'storage')
  const index = join(storageDir, '.cache', '.catalogue', 'index')
  try {
    const beginMs = performance.now()
    const paths = createPaths(storageDir)
    for (let n = 0; n < Number(projects); n++) writeProject(paths, n)
    console.log(`\n${projects} projects written in ${((performance.now() - beginMs) / 1000).toFixed(1)} s`)
    await sleep(SETTLED_MS)
    const empty = join(folder, 'empty')
    mkdirSync(createPaths(empty).projects, { recursive: true })
    const rows = [{ store: `${projects}, no index`, ...(await start(storageDir)) }]
    await stat(index)
    for (let round = 0; round < ROUNDS; round++) {
      rows.push({ store: 'empty', ...(await start(empty)) })
      rows.push({ store: `${projects}, index`, ...(await start(storageDir)) })
    }
    console.log('\nMilliseconds from the start of the process to the first 200:')
    console.table(rows)
    console.log('Memory of the catalogue:')
    console.table(await memoryOf(index))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Starts a server and ends it, which stores the index. */
const start = async (storageDir) => {
  const beginMs = performance.now()
  const args = ['serve', '--port', '0', '--storage', storageDir]
  const server = await untilServing(startTintype(args, { cwd: storageDir, env: { LOG_LEVEL: 'warn' } }))
  try {
    const times = {}
    for (const path of ['/ready', '/projects', '/projects?sort=updated']) {
      await untilOk(server.url + path)
      times[path] = Math.round(performance.now() - beginMs)
    }
    const cpuMs = cpuOfTree(server.child.pid)
    const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8')
    const megabytes = Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024)
    return { ...times, 'of 1 s': (times['/ready'] / MOST_START_MS).toFixed(2), 'CPU ms': cpuMs, 'peak MiB': megabytes }
  } finally {
    await server.stop()
  }
}

const untilOk = async (url) => {
  for (;;) {
    const response = await fetch(url)
    await response.arrayBuffer()
    if (response.ok) return
    if (response.status !== 503) throw new Error(`${url} is answered ${response.status}`)
    await sleep(10)
  }
}

/** The heap that the entries of an index take, with the lists and orders that requests make. */
const memoryOf = async (index) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const rows = []
  const before = heap()
  const entries = createEntries()
  const count = await fill(entries, index)
  const add = (what) => {
    const bytes = (heap() - before) / count
    rows.push({ what, 'bytes a project': bytes.toFixed(0), [`of ${MOST_BYTES}`]: (bytes / MOST_BYTES).toFixed(2) })
  }
  add('entries')
  const by = { kind: 'anonymous' }
  entries.list(by, { limit: 100 })
  add('with the list of anonymous requests')
  for (const sort of PROJECT_SORTS) entries.list(by, { sort, limit: 100 })
  add('with every order')
  return rows
}

const fill = async (entries, index) => {
  const stored = await readIndex(index)
  for (const entry of stored) entries.set(entry)
  return stored.length
}

/** The files of a project as its first upload would have left them, but for the pictures. */
const writeProject = (paths, n) => {
  const projectId = `project-${n}`
  const [createdAt, updatedAt] = [timeOf(n), timeOf(n * 7)]
  const state = {
    project_id: projectId,
    revision: 1,
    title: n % 2 === 0 ? `The album of season ${n}` : null,
    created_at: createdAt,
    updated_at: updatedAt,
    ...(n % 4 === 0 ? { owner_id: OWNERS[n % OWNERS.length] } : {}),
    ...(n % 8 === 0 ? { visibility: 'private' } : {}),
    primary_image_id: null,
    image_count: 0,
    deleted: false,
    images: { segments: [], tail: [] },
  }
  const revision = { state, commits: [], removing: [], removingSegments: [], droppedSegments: [], events: undefined }
  mkdirSync(paths.segments(projectId), { recursive: true })
  writeFileSync(paths.revision(projectId, 1), encodeRevision(revision))
}

const timeOf = (n) => new Date(Date.UTC(2026, 0) + (n % 1e6) * 1000 + (n % 997)).toISOString()
