// Photos of real cameras: uploaded as a folder, upright on the wall, looked at in the lightbox, downloaded.

import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { storedImages, storedNames } from '../../support/gallery/stored.ts'
import { LIMIT_MS, PATIENCE, shownNames, visit } from '../../support/gallery.ts'
import { corpusFiles } from '../../support/pictures/corpus.ts'
import { serve } from '../../support/processes/tintype.ts'
import { skipWithout } from '../../support/skip.ts'

it(
  'are uploaded as a folder, upright on the wall, and zoomed, copied, downloaded and swiped',
  async (context) => {
    const [first, ...others] = corpusFiles('photos')
    if (first === undefined) return skipWithout(context, 'the test images in ../shared/corpus')
    const browser = await startBrowser(context)
    const server = await serve()
    await fetch(`${server.url}/projects/demo`, { method: 'PUT' })
    const permissions = ['clipboard-read', 'clipboard-write']
    const { page, complaints } = await visit(browser, `${server.url}/g/demo`, { permissions, reducedMotion: 'reduce' })
    await page.getByText('No pictures yet').waitFor()
    await page.setInputFiles('[data-input=folder]', dirname(first))
    const count = 1 + others.length
    await page.getByText(`${count} pictures uploaded`).waitFor({ timeout: 240_000 })
    await page.getByRole('button', { name: 'Close' }).click()
    const names = [first, ...others].map((path) => basename(path)).toSorted()
    expect(await storedNames(server.url, 'demo')).toEqual(names)

    // Upright: of the shape that the server has found, and so is its place.
    const images = await storedImages(server.url, 'demo')
    const shapesOf = () =>
      page.$$eval('.tile > a', (links) =>
        links.map((link) => {
          const picture = link.querySelector('img')
          const { naturalWidth = 0, naturalHeight = 0, clientWidth = 0, clientHeight = 0 } = picture ?? {}
          const name = link.getAttribute('aria-label') ?? ''
          return { name, own: naturalWidth / naturalHeight, box: clientWidth / clientHeight }
        }),
      )
    await vi.waitFor(async () => {
      const shapes = await shapesOf()
      expect(shapes).toHaveLength(count)
      for (const { name, own, box } of shapes) {
        const { width = 0, height = 0 } = images.find((image) => image.name === name) ?? {}
        expect(own / (width / height), name).toBeCloseTo(1, 1)
        expect(box / (width / height), name).toBeCloseTo(1, 1)
      }
    }, PATIENCE)
    expect(images.filter(({ width, height }) => width < height).length).toBeGreaterThan(1)

    // The lightbox: zoomed, where the picture is larger than the screen.
    const [largest] = images.toSorted((one, other) => other.width - one.width)
    await page.locator(`.tile a[aria-label="${largest?.name}"]`).click()
    await page.locator('.pswp--open').waitFor()
    const lightbox = page.locator('.pswp')
    const isZoomed = () => lightbox.evaluate((element) => element.classList.contains('pswp--zoomed-in'))
    const zoom = (wanted: boolean) =>
      vi.waitFor(async () => {
        if ((await isZoomed()) !== wanted) await page.getByRole('button', { name: 'Zoom' }).click()
        expect(await isZoomed()).toBe(wanted)
      }, PATIENCE)
    await zoom(true)
    await zoom(false)

    // Facts, of which each size can be copied and downloaded.
    await page.getByRole('button', { name: 'Facts and sizes' }).click()
    const facts = page.getByRole('complementary', { name: 'Facts and sizes' })
    const rows = await facts.getByRole('row').allTextContents()
    expect(rows.map((row) => /^(?:thumb|medium|original|game)/.exec(row)?.[0])).toEqual([
      'thumb',
      'medium',
      'original',
      'game',
    ])
    expect(rows[2]).toContain(`${largest?.width}×${largest?.height}`)
    const download = page.waitForEvent('download')
    await facts.getByRole('link', { name: 'Download: original' }).click()
    const saved = await readFile(await (await download).path())
    await facts.getByRole('button', { name: 'Copy URL: original' }).click()
    await page.getByText('Copied').first().waitFor()
    const copied = () => page.evaluate('navigator.clipboard.readText()').then(String)
    const original = await fetch(await copied())
    expect(Buffer.from(await original.arrayBuffer()).equals(saved)).toBe(true)
    await facts.getByRole('button', { name: 'Copy <img> tag' }).click()
    await vi.waitFor(async () => expect(await copied()).toMatch(/^<img .*srcset="http/), PATIENCE)
    const tag = await copied()
    const other = await page.context().newPage()
    await other.setContent(tag)
    const width = () => other.evaluate(`document.querySelector('img').naturalWidth`)
    await vi.waitFor(async () => expect(await width()).toBeGreaterThan(0), PATIENCE)
    await other.close()

    // By swipe: to the next picture, from the last one to that before it.
    await page.getByRole('button', { name: 'Facts and sizes' }).click()
    await facts.waitFor({ state: 'detached' })
    const opened = page.url()
    const [from, to] = (await shownNames(page)).at(-1) === largest?.name ? [300, 900] : [900, 300]
    await vi.waitFor(async () => {
      await page.mouse.move(from, 450)
      await page.mouse.down()
      await page.mouse.move(600, 452, { steps: 5 })
      await page.mouse.move(to, 452, { steps: 5 })
      await page.mouse.up()
      expect(page.url()).not.toBe(opened)
    }, PATIENCE)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
