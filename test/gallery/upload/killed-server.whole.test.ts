// Uploads while the server is killed in the middle of their bytes, and started again.

import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { networkOf } from '../../support/gallery/network.ts'
import { storedNames } from '../../support/gallery/stored.ts'
import { LIMIT_MS, PATIENCE, photoFile, shownNames, visit } from '../../support/gallery.ts'
import { photo } from '../../support/pictures/photo.mjs'
import { serve } from '../../support/processes/tintype.ts'

/** Time for those that wait between two attempts, and for the pictures. */
const LONG = { ...PATIENCE, timeout: 180_000 }

it(
  'sends them again by itself, and each is there once',
  async (context) => {
    const browser = await startBrowser(context)
    const flags = ['--storage', await temporaryFolder()]
    const server = await serve(flags)
    await fetch(`${server.url}/projects/demo`, { method: 'PUT' })
    const { page, complaints } = await visit(browser, `${server.url}/g/demo`)
    await page.getByText('No pictures yet').waitFor()
    const limit = await networkOf(page)
    await limit({ up: 60_000 })
    const names = Array.from({ length: 9 }, (_, at) => `${at}.jpg`)
    const bytes = await photo({ width: 900, height: 600 })
    await page.setInputFiles('[data-input=files]', await Promise.all(names.map((name) => photoFile(name, bytes))))
    await page.locator('.upload.done').first().waitFor()
    const isOnItsWay = () =>
      page.evaluate(
        `[...document.querySelectorAll('.upload.sending progress')].some(({ position }) => position > 0 && position < 1)`,
      )
    await vi.waitFor(async () => expect(await isOnItsWay()).toBe(true), PATIENCE)
    await server.kill()
    await limit()
    await serve([...flags, '--port', String(server.port)])
    await page.getByText('9 pictures uploaded').waitFor({ timeout: LONG.timeout })
    expect(await storedNames(server.url, 'demo')).toEqual(names)
    await vi.waitFor(async () => expect((await shownNames(page)).toSorted()).toEqual(names), LONG)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
