// The atlas of a project in the gallery: its pages, names by pointer and keys, the lines of code, in two languages.

import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect, it, vi } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { differencesOf } from '../support/client/canvas.ts'
import { findingsOf, LIMIT_MS, PATIENCE, visit } from '../support/gallery.ts'
import { serve } from '../support/processes/tintype.ts'
import { formOf } from '../support/upload.ts'

type Colour = readonly [red: number, green: number, blue: number]

/** A page of thumbnails of 400 pixels holds 25. */
const COUNT = 26

/** Colours of the assets, each another one. */
const colourOf = (at: number): Colour => [9 * at, 250 - 9 * at, (at % 3) * 100]

const put = async (url: string, project: string, name: string, [r, g, b]: Colour): Promise<void> => {
  const create = { width: 400, height: 400, channels: 3, background: { r, g, b } } as const
  const body = formOf(await sharp({ create }).png().toBuffer())
  const { status } = await fetch(`${url}/projects/${project}/assets/${name}`, { method: 'PUT', body })
  expect(status).toBe(201)
}

/** Differences of a screenshot of the element `frame`, of 50 pixels, from its colour. */
const shownIn = async (page: Page, colour: Colour): Promise<string[]> => {
  const bytes = await page.locator('#frame').screenshot()
  const canvas = `data:image/png;base64,${bytes.toString('base64')}`
  return differencesOf(canvas, [{ name: 'frame', x: 0, y: 0 }], 50, { frame: colour })
}

it(
  'shows pages, names and lines of code by pointer and by keys',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    for (let at = 0; at < COUNT; at++) await put(server.url, 'demo', `tile-${at}`, colourOf(at))
    const options = { permissions: ['clipboard-read', 'clipboard-write'] }
    const { page, complaints, context: profile } = await visit(browser, `${server.url}/g/demo`, options)

    await page.getByRole('button', { name: 'Atlas for games' }).click()
    const frames = page.locator('.sheet [role=option]')
    await frames.nth(COUNT - 1).waitFor()
    expect(await frames.count()).toBe(COUNT)
    const legend = page.locator('.legend')
    await vi.waitFor(async () => expect(await legend.textContent()).toContain('26 frames'), PATIENCE)
    const width = () => page.evaluate(`document.querySelector('.sheet img').naturalWidth`)
    await vi.waitFor(async () => expect(await width()).toBe(COUNT * 54), PATIENCE)

    // By pointer.
    await page.getByRole('option', { name: 'tile-7', exact: true }).hover()
    await vi.waitFor(async () => expect(await legend.locator('strong').textContent()).toBe('tile-7'), PATIENCE)
    expect(await legend.textContent()).toContain('50 × 50 · x 380, y 2')
    await page.mouse.move(0, 0)
    await vi.waitFor(async () => expect(await legend.locator('strong').textContent()).toBe('tile-0'), PATIENCE)

    // By keys: one stop of the tab key, then arrows.
    await page.getByLabel('Size').focus()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('tile-0')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('tile-2')
    await page.keyboard.press('End')
    await vi.waitFor(async () => expect(await legend.locator('strong').textContent()).toBe('tile-25'), PATIENCE)

    // Lines of code of the chosen frame; those of CSS draw it.
    const code = (label: string) => page.locator(`.code:has(button[aria-label="Copy: ${label}"]) pre`)
    await vi.waitFor(async () => expect(await code('Phaser').textContent()).toContain(`'demo', 'tile-25')`), PATIENCE)
    expect(await code('Pixi').textContent()).toContain(`Assets.load('${server.url}/projects/demo/atlas.json')`)
    await page.getByRole('button', { name: 'Copy: CSS' }).click()
    await page.getByText('Copied').waitFor()
    const css = String(await page.evaluate('navigator.clipboard.readText()'))
    expect(css).toBe(await code('CSS').textContent())
    const other = await profile.newPage()
    await other.setContent(`<style>${css}</style><body style="margin: 0"><div id="frame" class="frame-tile-25"></div>`)
    await vi.waitFor(async () => expect(await shownIn(other, colourOf(25))).toEqual([]), PATIENCE)
    await other.close()

    // A change elsewhere is shown.
    await put(server.url, 'demo', 'new', [1, 2, 3])
    await page.getByRole('option', { name: 'new', exact: true }).waitFor()
    expect(await legend.locator('strong').textContent()).toBe('tile-25')

    // Two pages of larger frames.
    await page.getByLabel('Size').selectOption('thumb')
    await page.getByText('Page 1 of 2').waitFor()
    expect(await page.getByRole('button', { name: 'Previous page' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Next page' }).click()
    await page.getByText('Page 2 of 2').waitFor()
    expect(await page.getByRole('button', { name: 'Next page' }).isDisabled()).toBe(true)
    expect(await frames.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))).toEqual([
      'tile-25',
      'new',
    ])
    expect(await code('Phaser').textContent()).toContain('multi&size=thumb')
    expect(await code('Pixi').textContent()).toContain('atlas.json?size=thumb')
    expect(await code('CSS').textContent()).toContain('width: 400px')
    expect(await findingsOf(page)).toEqual([])
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'says in German that there are no pictures yet, and shows the first one when it comes',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    await fetch(`${server.url}/projects/leer`, {
      ...{ method: 'PUT', headers: { 'Content-Type': 'application/json' } },
      body: '{}',
    })
    const { page, complaints } = await visit(browser, `${server.url}/g/leer`, { locale: 'de' })
    await page.getByRole('button', { name: 'Atlas für Spiele' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Noch keine Bilder').waitFor()
    await dialog.getByText('erscheinen hier als Ausschnitte').waitFor()
    expect(await page.locator('.code').count()).toBe(0)
    expect(await findingsOf(page)).toEqual([])

    await put(server.url, 'leer', 'tile', [200, 20, 20])
    await page.getByRole('option', { name: 'tile', exact: true }).waitFor()
    await dialog.getByText('1 Ausschnitt,').waitFor()
    await dialog.getByText('Noch keine Bilder').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
