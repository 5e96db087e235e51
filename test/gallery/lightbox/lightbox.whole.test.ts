// The lightbox while the wall behind it changes, in Chromium against the built program.

import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { LIMIT_MS, PATIENCE, shownNames, visit } from '../../support/gallery.ts'
import { serve } from '../../support/processes/tintype.ts'
import { upload } from '../../support/upload.ts'

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
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
