// Hundreds of photos in one go: the page stays usable meanwhile, and holds none of them afterwards.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { heldBy } from '../../support/gallery/memory.ts'
import { networkOf } from '../../support/gallery/network.ts'
import { storedNames } from '../../support/gallery/stored.ts'
import { LIMIT_MS, PATIENCE, visit } from '../../support/gallery.ts'
import { numberedPicture } from '../../support/pictures/pictures.ts'
import { serve } from '../../support/processes/tintype.ts'
import { thorough } from '../../support/thorough.ts'

/** A sample: each upload is like the ones before it. */
const COUNT = thorough(120, 500)

/** Ten times what 500 uploads were seen to leave. */
const MOST = { heap: 20_000_000, nodes: 5000 }

it(
  'uploads a folder of them while other views are opened, and lets their files go',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    await fetch(`${server.url}/projects/demo`, { method: 'PUT' })
    const folder = join(await temporaryFolder(), 'photos')
    await mkdir(folder)
    const names = Array.from({ length: COUNT }, (_, at) => `${String(at).padStart(3, '0')}.jpg`)
    for (const [at, name] of names.entries()) await writeFile(join(folder, name), await numberedPicture(at))

    const { page, complaints } = await visit(browser, `${server.url}/g/demo`)
    await page.getByText('No pictures yet').waitFor()
    const before = await heldBy(page)
    const limit = await networkOf(page)
    await limit({ up: 1000 })
    await page.setInputFiles('[data-input=folder]', folder)
    await page.getByText(/^Uploading, [1-9]/).waitFor()
    await page.getByRole('link', { name: 'All projects' }).click()
    await page.locator('.cover a').click()
    await page.getByRole('button', { name: 'For developers' }).click()
    await page.getByText('curl -F').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText(/^Uploading, /).waitFor()
    expect((await heldBy(page)).files).toBeGreaterThan(0)
    await limit()
    await page.getByText(`${COUNT} pictures uploaded`).waitFor({ timeout: 240_000 })
    expect(await storedNames(server.url, 'demo')).toEqual(names)
    await page.getByRole('button', { name: 'Close' }).click()
    await page.locator('.uploads').waitFor({ state: 'detached' })
    await vi.waitFor(
      async () => expect(await page.locator('.head .about').textContent()).toContain(`${COUNT} pictures`),
      PATIENCE,
    )
    const after = await heldBy(page)
    expect(after.files).toBe(0)
    expect(after.nodes).toBeLessThan(MOST.nodes)
    expect(after.heap - before.heap).toBeLessThan(MOST.heap)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
