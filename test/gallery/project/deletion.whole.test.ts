// Deletions on the wall, in Chromium against the built program: by keys, taken back, and of a page that is left.

import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { startBrowser } from '../../support/browser.ts'
import { chooseFiles, LIMIT_MS, PATIENCE, shownNames, visit } from '../../support/gallery.ts'
import { serve } from '../../support/processes/tintype.ts'

const listSchema = z.object({ images: z.array(z.object({ name: z.string() })) })

const waitForNames = (page: Page, names: readonly string[]) =>
  vi.waitFor(async () => expect(await shownNames(page)).toEqual(names), PATIENCE)

/** Waits for the focus: on the picture of this name. */
const waitForFocus = (page: Page, name: string) =>
  vi.waitFor(
    async () => expect(await page.evaluate(`document.activeElement.getAttribute('aria-label')`)).toBe(name),
    PATIENCE,
  )

it(
  'keep the focus on the wall, are taken back by a key, and are sent when the page is left',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    await fetch(`${server.url}/projects/demo`, { method: 'PUT' })
    const stored = async () => {
      const { images } = listSchema.parse(await (await fetch(`${server.url}/projects/demo/images`)).json())
      return images.map(({ name }) => name)
    }
    const { page, complaints } = await visit(browser, `${server.url}/g/demo`)
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) {
      await chooseFiles(page, [name])
      await vi.waitFor(async () => expect(await shownNames(page)).toContain(name), PATIENCE)
    }

    await page.locator('.tile > a').nth(1).focus()
    await page.keyboard.press(' ')
    await page.getByText('1 selected').waitFor()
    await page.keyboard.press('Delete')
    await waitForNames(page, ['a.jpg', 'c.jpg'])
    await waitForFocus(page, 'c.jpg')
    await page.keyboard.press('Control+z')
    await waitForNames(page, ['a.jpg', 'b.jpg', 'c.jpg'])
    expect(await stored()).toEqual(['a.jpg', 'b.jpg', 'c.jpg'])

    // By the button of the bar, which is gone afterwards.
    await page.locator('.tile > a').nth(2).focus()
    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Delete' }).press('Enter')
    await waitForFocus(page, 'b.jpg')

    await page.goto(server.url)
    await vi.waitFor(async () => expect(await stored()).toEqual(['a.jpg', 'b.jpg']), PATIENCE)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
