// The gallery on a slow network: placeholders before bytes, and uploads whose progress is seen.

import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { networkOf } from '../../support/gallery/network.ts'
import { storedNames } from '../../support/gallery/stored.ts'
import { LIMIT_MS, PATIENCE, photoFile, visit } from '../../support/gallery.ts'
import { photo } from '../../support/pictures/photo.mjs'
import { serve } from '../../support/processes/tintype.ts'
import { formOf } from '../../support/upload.ts'

const COUNT = 8

/** The pictures of the wall: what is shown of each, and where. */
const picturesOf = (page: Page) =>
  page.$$eval('.tile img', (pictures) =>
    pictures.map((picture) => ({
      hasPlaceholder: picture.style.backgroundImage.startsWith('url("data:image/png'),
      isLoaded: picture.complete && picture.naturalWidth > 0,
      box: JSON.stringify(picture.getBoundingClientRect()),
    })),
  )

it(
  'shows placeholders while bytes are missing, and moves nothing when they arrive',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    for (let seed = 0; seed < COUNT; seed++) {
      const body = formOf(await photo({ width: 900, height: seed % 3 === 0 ? 1200 : 600, seed }))
      expect((await fetch(`${server.url}/projects/demo/images`, { method: 'POST', body })).status).toBe(201)
    }
    const { page, complaints } = await visit(browser, server.url)
    await page.locator('.cover img').waitFor()
    const limit = await networkOf(page)
    await limit({ down: 3000 })
    await page.locator('.cover a').click()
    await page
      .locator('.tile img')
      .nth(COUNT - 1)
      .waitFor()
    const early = await picturesOf(page)
    expect(early.filter(({ isLoaded }) => !isLoaded).length).toBeGreaterThan(0)
    expect(early.filter(({ isLoaded, hasPlaceholder }) => !isLoaded && !hasPlaceholder)).toEqual([])
    await limit()
    // A transparent picture would show its placeholder: it goes with the last byte.
    const loaded = early.map(({ box }) => ({ hasPlaceholder: false, isLoaded: true, box }))
    await vi.waitFor(async () => expect(await picturesOf(page)).toEqual(loaded), PATIENCE)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'shows the progress of each upload and of all, cancels one on its way, and sends it again',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    await fetch(`${server.url}/projects/demo`, { method: 'PUT' })
    const { page, complaints } = await visit(browser, `${server.url}/g/demo`)
    await page.getByText('No pictures yet').waitFor()
    const limit = await networkOf(page)
    await limit({ up: 10_000 })
    const names = ['a.jpg', 'b.jpg', 'c.jpg']
    const bytes = await photo({ width: 1200, height: 900 })
    await page.setInputFiles('[data-input=files]', await Promise.all(names.map((name) => photoFile(name, bytes))))

    /** Part that is sent, from 0 to 1. */
    const partOf = async (name: string): Promise<number> =>
      Number(await page.evaluate(`document.querySelector('progress[aria-label="${name}"]')?.position`))
    const begun = await vi.waitFor(async () => {
      const part = await partOf('b.jpg')
      expect(part).toBeGreaterThan(0)
      return part
    }, PATIENCE)
    await vi.waitFor(async () => expect(await partOf('b.jpg')).toBeGreaterThan(begun), PATIENCE)
    expect(await partOf('b.jpg')).toBeLessThan(0.5)
    const inAll = await partOf('Uploads')
    expect(inAll).toBeGreaterThan(0)
    expect(inAll).toBeLessThan(0.5)
    await page.getByText('Uploading, 0 of 3 done').waitFor()

    await page.getByRole('button', { name: 'Cancel b.jpg' }).click()
    await page.locator('.upload.cancelled').getByText('b.jpg').waitFor()
    await limit()
    await page.getByText('2 pictures uploaded').waitFor()
    expect(await storedNames(server.url, 'demo')).toEqual(['a.jpg', 'c.jpg'])
    await page.getByRole('button', { name: 'Retry b.jpg' }).click()
    await page.getByText('3 pictures uploaded').waitFor()
    expect(await storedNames(server.url, 'demo')).toEqual(names)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
