// The wall of projects: sorted, searched, left and come back to; the lines for developers work as they stand.

import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { LIMIT_MS, PATIENCE, visit } from '../../support/gallery.ts'
import { serve } from '../../support/processes/tintype.ts'
import { upload } from '../../support/upload.ts'

const waitForTitles = (page: Page, titles: readonly string[]) =>
  vi.waitFor(async () => expect(await page.locator('.cover .title').allTextContents()).toEqual(titles), PATIENCE)

it(
  'is sorted and searched, and comes back as the address says',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    for (const title of ['Harbour', 'Alps', 'Meadow']) {
      const body = JSON.stringify({ title, ...(title === 'Alps' && { visibility: 'private' }) })
      const headers = { 'Content-Type': 'application/json' }
      const url = `${server.url}/projects/${title.toLowerCase()}`
      expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(201)
    }
    expect((await upload(server.url, 'harbour')).status).toBe(201)
    const { page, complaints } = await visit(browser, server.url)
    await waitForTitles(page, ['Harbour', 'Meadow', 'Alps'])
    expect(await page.locator('.cover .about').allTextContents()).toEqual([
      '1 picture',
      '0 pictures',
      'Private,0 pictures',
    ])
    expect(await page.locator('.cover img').count()).toBe(1)
    await page.getByLabel('Sort by').selectOption('Title')
    await waitForTitles(page, ['Alps', 'Harbour', 'Meadow'])
    await page.getByPlaceholder('Search').fill('mead')
    await waitForTitles(page, ['Meadow'])
    await page.getByPlaceholder('Search').fill('nothing of this name')
    await page.getByText('Nothing found').waitFor()
    await page.getByPlaceholder('Search').fill('')
    await waitForTitles(page, ['Alps', 'Harbour', 'Meadow'])
    await page.getByRole('link', { name: 'Meadow' }).click()
    await page.getByRole('heading', { name: 'Meadow' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/g/meadow')
    await page.goBack()
    await page.getByRole('heading', { name: 'Projects' }).waitFor()
    await page.goForward()
    await page.getByRole('heading', { name: 'Meadow' }).waitFor()
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'shows the projects with a tag that is chosen, by what the server finds',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    const tagsOf: Record<string, readonly string[]> = { Alps: ['snow', 'summer'], Harbour: ['sea'], Meadow: ['summer'] }
    const put = async (title: string, method: 'PUT' | 'PATCH', tags: readonly string[] = []): Promise<void> => {
      const headers = { 'Content-Type': 'application/json' }
      const body = JSON.stringify({ title, tags })
      expect((await fetch(`${server.url}/projects/${title.toLowerCase()}`, { method, headers, body })).ok).toBe(true)
    }
    for (const title of Object.keys(tagsOf)) await put(title, 'PUT')
    const { page, complaints } = await visit(browser, server.url)
    await page.getByLabel('Sort by').selectOption('Title')
    await waitForTitles(page, ['Alps', 'Harbour', 'Meadow'])
    const offered = page.locator('.tags button')
    expect(await offered.count()).toBe(0)
    for (const [title, tags] of Object.entries(tagsOf)) await put(title, 'PATCH', tags)
    await page.reload()
    await page.getByLabel('Sort by').selectOption('Title')

    // The most frequent one first.
    await vi.waitFor(async () => expect(await offered.allTextContents()).toEqual(['summer', 'sea', 'snow']), PATIENCE)
    const summer = page.getByRole('button', { name: 'summer', exact: true })
    await summer.click()
    await waitForTitles(page, ['Alps', 'Meadow'])
    expect(await summer.getAttribute('aria-pressed')).toBe('true')
    await page.getByPlaceholder('Search').fill('mead')
    await waitForTitles(page, ['Meadow'])
    // The chosen one stays to be taken back, also where nothing is found.
    await page.getByPlaceholder('Search').fill('harb')
    await page.getByText('Nothing found').waitFor()
    expect(await offered.allTextContents()).toEqual(['summer'])
    await summer.click()
    await waitForTitles(page, ['Harbour'])
    await page.getByPlaceholder('Search').fill('')
    await waitForTitles(page, ['Alps', 'Harbour', 'Meadow'])
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'is where it was left on the way back from a project',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    for (let at = 10; at < 40; at++)
      expect((await fetch(`${server.url}/projects/p${at}`, { method: 'PUT' })).ok).toBe(true)
    const { page, complaints } = await visit(browser, server.url, { viewport: { width: 400, height: 500 } })
    await page.locator('.cover').nth(29).waitFor()
    await page.evaluate('scrollTo(0, 800)')
    // An event, because a real click scrolls first.
    await page.locator('.cover a').nth(8).dispatchEvent('click')
    await page.getByText('No pictures yet').waitFor()
    expect(await page.evaluate('scrollY')).toBe(0)
    await page.goBack()
    await vi.waitFor(async () => expect(await page.evaluate('scrollY')).toBeGreaterThan(400), PATIENCE)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'has lines for developers in each project, whose addresses answer',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    expect((await upload(server.url, 'demo')).status).toBe(201)
    const { page, complaints } = await visit(browser, `${server.url}/g/demo`)
    await page.locator('.tile').waitFor()
    await page.getByRole('button', { name: 'For developers' }).click()
    await page.getByText('curl -F').waitFor()
    const lines = await page.locator('dialog pre').allTextContents()
    expect(lines[0]).toBe(`curl -F file=@photo.jpg ${server.url}/projects/demo/images`)
    const addresses = lines.slice(1, -1).flatMap((line) => /http:[^"' ]+/.exec(line)?.[0] ?? [])
    expect(addresses).toHaveLength(4)
    for (const address of addresses) expect((await fetch(address)).status, address).toBe(200)
    await page.getByRole('link', { name: 'Documentation of the API' }).click()
    await page.waitForURL(`${server.url}/docs`)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
