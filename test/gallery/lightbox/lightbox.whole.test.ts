// The lightbox while the wall behind it changes, in Chromium against the built program.

import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { LIMIT_MS, PATIENCE, shownNames, visit } from '../../support/gallery.ts'
import { serve } from '../../support/processes/tintype.ts'
import { upload } from '../../support/upload.ts'

/** Whether the middle of the newest message has nothing above it. */
const IS_TOAST_SEEN = `(() => {
  const toast = [...document.querySelectorAll('.toast')].at(-1)
  const { left, top, width, height } = toast.getBoundingClientRect()
  return toast.contains(document.elementFromPoint(left + width / 2, top + height / 2))
})()`

it(
  'tells the facts of the picture that it shows after others have put one before it',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    const add = async () => expect((await upload(server.url, 'demo')).status).toBe(201)
    await add()
    await add()
    const { page, complaints } = await visit(browser, `${server.url}/g/demo`)
    await page.getByLabel('Sort by').selectOption('Newest upload')
    await vi.waitFor(async () => expect(await shownNames(page)).toHaveLength(2), PATIENCE)
    await page.locator('.tile > a').first().click()
    await page.locator('.pswp--open').waitFor()
    const opened = new URL(page.url()).searchParams.get('image') ?? 'none'
    await add()
    await vi.waitFor(async () => expect(await shownNames(page)).toHaveLength(3), PATIENCE)
    await page.getByRole('button', { name: 'Facts and sizes' }).click()
    const hrefs = await page.locator('.facts a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
    expect(hrefs).toHaveLength(3)
    for (const href of hrefs) expect(href).toContain(opened)

    // Messages are seen above it, and above a dialog, where screen readers reach nothing else.
    await page.getByRole('button', { name: 'Copy link to this page' }).click()
    await page.locator('.toast').waitFor()
    expect(await page.evaluate(IS_TOAST_SEEN)).toBe(true)
    await page.keyboard.press('Escape')
    await page.locator('.pswp').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'For developers' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Copy: Upload a picture' }).click()
    await page.getByRole('dialog').getByRole('status').getByText('Copied').last().waitFor()
    expect(await page.evaluate(IS_TOAST_SEEN)).toBe(true)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
