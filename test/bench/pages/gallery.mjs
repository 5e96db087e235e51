// The gallery in a fresh browser: the wall of many projects, and the first page of a large project.
//
//   npm run bench -- gallery [projects] [pictures]        (500 and 1000 by default; needs chromium)

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { photo } from '../../support/pictures/photo.mjs'
import { startTintype, untilServing } from '../../support/processes/start.mjs'
import { median } from '../measure/statistics.mjs'

const ROUNDS = 5
const KINDS = 20

/** @param {readonly string[]} args */
export const run = async ([projects = '500', pictures = '1000']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const server = await untilServing(
    startTintype(['serve', '--port', '0', '--storage', join(folder, 'storage'), '--log-level', 'warn'], {}),
  )
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  try {
    await fill(server.url, Number(projects), Number(pictures))
    const rows = []
    for (const [view, path, ready] of [
      [`wall of ${projects} projects`, '/', '.cover .frame'],
      [`project of ${pictures} pictures`, '/g/large', '.tile img'],
    ]) {
      const rounds = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(browser, server.url + path, ready))
      rows.push({ view, ...medians(rounds) })
    }
    console.log(`\nMedians of ${ROUNDS} fresh browsers; times in milliseconds, from the arrival of the HTML:`)
    console.table(rows)
    console.log(
      'Bounds: placeholders 500, largest paint 1500, shift 0.02, project 1000, longest task while scrolling 100',
    )
  } finally {
    await browser.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const fill = async (url, projects, pictures) => {
  const files = await Promise.all(
    Array.from({ length: KINDS }, (_, seed) => photo({ width: 900, height: seed % 3 === 0 ? 1200 : 600, seed })),
  )
  const jobs = [
    ...Array.from({ length: projects }, (_, n) => ({ project: `project-${n}`, n })),
    ...Array.from({ length: pictures }, (_, n) => ({ project: 'large', n })),
  ]
  const work = async () => {
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      const form = new FormData()
      form.set('file', new Blob([files[job.n % KINDS]]), `${job.n}.jpg`)
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

const measure = async (browser, url, ready) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  try {
    const page = await context.newPage()
    await page.addInitScript(OBSERVE)
    await page.goto(url)
    const drawn = await page.evaluate(
      `new Promise((resolve) => { const look = () => document.querySelector('${ready}') ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look); look() })`,
    )
    const html = await page.evaluate(`performance.getEntriesByType('navigation')[0].responseEnd`)
    await page.waitForTimeout(1500)
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
    await context.close()
  }
}

const medians = (rounds) =>
  Object.fromEntries(
    Object.keys(rounds[0] ?? {}).map((name) => {
      const value = median(rounds.map((round) => round[name]))
      return [name, Number(value.toFixed(name === 'layout shift' ? 4 : 0))]
    }),
  )
