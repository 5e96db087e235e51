// A project of thousands of pictures: what is on the page is bounded, however far it is scrolled.

import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { LIMIT_MS, PATIENCE, visit } from '../../support/gallery.ts'
import { serve } from '../../support/processes/tintype.ts'
import { plantProject } from '../../support/store/planted-project.ts'
import { thorough } from '../../support/thorough.ts'

/** A sample: each page of a hundred is like the one before it. */
const COUNT = thorough(1500, 10_000)

/** Most pictures on the page at the same time: some screens of them. */
const MOST_DRAWN = 400

const drawn = (page: Page): Promise<number> => page.locator('.tile').count()

/** Scrolls to the end, page after page. Gives the most pictures that were on the page in any frame. */
const SCROLL_TO_END = `new Promise((resolve) => {
  let most = 0
  const step = () => {
    most = Math.max(most, document.querySelectorAll('.tile').length)
    scrollTo(0, document.documentElement.scrollHeight)
    if (document.querySelector('.sentinel')) requestAnimationFrame(step)
    else resolve(most)
  }
  step()
})`

const isShown = (page: Page, id: string | undefined): Promise<boolean> =>
  page.evaluate(`(() => {
    const { top, bottom } = document.querySelector('a[data-image="${id}"]')?.getBoundingClientRect() ?? {}
    return top < innerHeight && bottom > 0
  })()`)

it(
  'has some screens of pictures on the page at each place, and finds its way by keys and by the lightbox',
  async (context) => {
    const browser = await startBrowser(context)
    const storageDir = await temporaryFolder()
    const ids = await plantProject({ storageDir, projectId: 'large', images: COUNT, files: false })
    const server = await serve(['--storage', storageDir])
    const { page, complaints } = await visit(browser, `${server.url}/g/large`)
    await page.locator('.tile').first().waitFor()
    await page.getByText(`${COUNT.toLocaleString('en')} pictures`).waitFor()

    // All are selected, also those whose pages were not read yet.
    await page.locator(`a[data-image="${ids[0]}"]`).focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await page.getByText(`${COUNT.toLocaleString('en')} selected`).waitFor()
    await page.keyboard.press('Escape')
    await page.reload()
    await page.locator('.tile').first().waitFor()

    const most = Number(await page.evaluate(SCROLL_TO_END))
    await vi.waitFor(async () => {
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
      expect(await isShown(page, ids.at(-1))).toBe(true)
    }, PATIENCE)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(MOST_DRAWN)
    // All that was scrolled past has kept its place.
    const blocks = await page.$$eval('.block', (all) => all.map((block) => block.childElementCount))
    expect(blocks.length).toBeGreaterThan(COUNT / 60)
    expect(blocks.filter((count) => count === 0).length).toBeGreaterThan(blocks.length / 2)

    // What has the focus stays.
    await page.locator(`a[data-image="${ids.at(-1)}"]`).focus()
    await page.evaluate('scrollTo(0, 0)')
    await vi.waitFor(async () => expect(await isShown(page, ids[0])).toBe(true), PATIENCE)
    expect(await page.evaluate('document.activeElement.dataset.image')).toBe(ids.at(-1))
    expect(await drawn(page)).toBeLessThan(MOST_DRAWN)

    // Back from the lightbox at a picture that is far away.
    const far = ids[COUNT / 2]
    await page.evaluate(`document.activeElement.blur()`)
    await page.goto(`${server.url}/g/large?image=${far}`)
    await page.locator('.pswp--open').waitFor()
    await vi.waitFor(async () => {
      await page.keyboard.press('Escape')
      expect(await page.locator('.pswp').count()).toBe(0)
    }, PATIENCE)
    await vi.waitFor(async () => expect(await isShown(page, far)).toBe(true), PATIENCE)
    expect(await page.evaluate('document.activeElement.dataset.image')).toBe(far)
    expect(await drawn(page)).toBeLessThan(MOST_DRAWN)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
