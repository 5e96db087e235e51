// The gallery in a fresh browser: the wall of many projects, and the first page of a large project.
//
//   npm run bench -- gallery [projects] [pictures]        (500 and 10000 by default; needs chromium)

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { photo } from '../../support/pictures/photo.mjs'
import { startTintype, untilServing } from '../../support/processes/start.mjs'
import { median, spread } from '../measure/statistics.mjs'

const ROUNDS = 5
const KINDS = 20
/** Pictures of a project that are as large as photos of pages; later ones are seen by scrolling alone. */
const LARGE = 200

/** Bounds of the issue, in milliseconds from the arrival of the HTML; of the shift, the sum of its scores. */
const BOUNDS = {
  wall: { placeholders: 500, 'largest paint': 1500, 'layout shift': 0.02, 'longest task, scrolling': 100 },
  project: { placeholders: 1000, 'layout shift': 0.02, 'longest task, scrolling': 100 },
}

/** @param {readonly string[]} args */
export const run = async ([projects = '500', pictures = '10000']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const server = await untilServing(
    startTintype(['serve', '--port', '0', '--storage', join(folder, 'storage'), '--log-level', 'warn'], {}),
  )
  try {
    await fill(server.url, Number(projects), Number(pictures))
    const rows = []
    for (const [view, path, ready, bounds] of [
      [`wall of ${projects} projects`, '/', '.cover .frame', BOUNDS.wall],
      [`project of ${pictures} pictures`, '/g/large', '.tile img', BOUNDS.project],
    ]) {
      const rounds = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(server.url + path, ready))
      rows.push(...rowsOf(view, rounds, bounds))
    }
    console.log(`\nMedians of ${ROUNDS} fresh browsers; times in milliseconds, from the arrival of the HTML:`)
    console.table(rows)
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A row for each figure, with its bound. */
const rowsOf = (view, rounds, bounds) =>
  Object.keys(rounds[0] ?? {}).map((figure) => {
    const digits = figure === 'layout shift' ? 4 : 0
    const values = rounds.map((round) => round[figure])
    const middle = median(values)
    const bound = bounds[figure]
    return {
      ...{ view, figure, median: Number(middle.toFixed(digits)), spread: spread(values, digits) },
      ...(bound === undefined ? {} : { bound, 'of bound': (middle / bound).toFixed(2) }),
    }
  })

const fill = async (url, projects, pictures) => {
  const files = await Promise.all(
    Array.from({ length: KINDS }, (_, seed) => photo({ width: 900, height: seed % 3 === 0 ? 1200 : 600, seed })),
  )
  const small = await Promise.all(
    Array.from({ length: KINDS }, (_, seed) => photo({ width: 150, height: seed % 3 === 0 ? 200 : 100, seed })),
  )
  const jobs = [
    ...Array.from({ length: projects }, (_, n) => ({ project: `project-${n}`, n, file: files[n % KINDS] })),
    // Taken from the end: the large ones are the first of the project.
    ...Array.from({ length: pictures }, (_, n) => pictures - 1 - n).map((n) => ({
      ...{ project: 'large', n, file: (n < LARGE ? files : small)[n % KINDS] },
    })),
  ]
  const work = async () => {
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      const form = new FormData()
      form.set('file', new Blob([job.file]), `${job.n}.jpg`)
      const response = await fetch(`${url}/projects/${job.project}/images`, { method: 'POST', body: form })
      if (response.status !== 201) throw new Error(await response.text())
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
}

/** Observers of the page, before its first script. */
const OBSERVE = `
  globalThis.seen = { lcp: 0, shift: 0, task: 0 }
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
  watch('largest-contentful-paint', (entry) => { seen.lcp = entry.startTime })
  watch('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value })
  watch('longtask', (entry) => { seen.task = Math.max(seen.task, entry.duration) })
`

const measure = async (url, ready) => {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await page.addInitScript(OBSERVE)
    await page.goto(url)
    const drawn = await page.evaluate(
      `new Promise((resolve) => { const look = () => document.querySelector('${ready}') ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look); look() })`,
    )
    const html = await page.evaluate(`performance.getEntriesByType('navigation')[0].responseEnd`)
    await page.waitForTimeout(3000)
    const loaded = await page.evaluate('({ ...seen })')
    await page.evaluate('seen.task = 0')
    for (let step = 0; step < 40; step++) {
      await page.mouse.wheel(0, 900)
      await page.waitForTimeout(50)
    }
    const { shift, task } = await page.evaluate('({ ...seen })')
    return {
      placeholders: drawn - html,
      'largest paint': loaded.lcp - html,
      'layout shift': shift,
      'longest task, loading': loaded.task,
      'longest task, scrolling': task,
    }
  } finally {
    await browser.close()
  }
}
