// Two tabs of one browser: they read one stream of changes, and another tab goes on with it.

import type { Page, Request, Response } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { chooseFiles, LIMIT_MS, openTab, PATIENCE, shownNames, visit } from '../../support/gallery.ts'
import { serve } from '../../support/processes/tintype.ts'
import { upload } from '../../support/upload.ts'

const isStream = (message: Request | Response): boolean => /\/events$/.test(new URL(message.url()).pathname)

const waitForPictures = (page: Page, count: number) =>
  vi.waitFor(async () => expect(await shownNames(page)).toHaveLength(count), PATIENCE)

it(
  'show the changes of others by one stream, which the second reads when the first is closed',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    const add = async () => expect((await upload(server.url, 'demo')).status).toBe(201)
    await add()
    const { page: first, context: profile, complaints } = await visit(browser, server.url)
    const readers: Page[] = []
    profile.on('request', (request) => {
      if (isStream(request)) readers.push(request.frame().page())
    })
    const opened = first.waitForResponse(isStream)
    await first.goto(`${server.url}/g/demo`)
    await opened
    const second = await openTab(profile, `${server.url}/g/demo`, complaints)
    await waitForPictures(second, 1)
    await add()
    for (const tab of [first, second]) await waitForPictures(tab, 2)
    expect(new Set(readers)).toEqual(new Set([first]))

    const goesOn = second.waitForResponse(isStream)
    await first.close()
    await goesOn
    await add()
    await waitForPictures(second, 3)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'move nothing that is under a finger',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    const add = async () => expect((await upload(server.url, 'demo')).status).toBe(201)
    await add()
    const { page: held, context: profile, complaints } = await visit(browser, server.url)
    const opened = held.waitForResponse(isStream)
    await held.goto(`${server.url}/g/demo`)
    await opened
    const other = await openTab(profile, `${server.url}/g/demo`, complaints)
    for (const tab of [held, other]) await waitForPictures(tab, 1)
    await held.bringToFront()
    await held.locator('.tile').first().hover()
    await held.mouse.down()
    await add()
    await waitForPictures(other, 2)
    expect(await shownNames(held)).toHaveLength(1)
    await held.mouse.up()
    await waitForPictures(held, 2)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'count a picture of their own that was stored while the project was read',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    const add = async () => expect((await upload(server.url, 'demo')).status).toBe(201)
    await add()
    const { page, complaints } = await visit(browser, server.url)
    const opened = page.waitForResponse(isStream)
    await page.goto(`${server.url}/g/demo`)
    await opened
    await waitForPictures(page, 1)
    // The answer of before the upload arrives after it.
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let isHeld = false
    await page.route(`${server.url}/projects/demo`, async (route) => {
      const response = await route.fetch()
      isHeld = true
      await released
      await route.fulfill({ response })
    })
    await add()
    await vi.waitFor(() => expect(isHeld).toBe(true), PATIENCE)
    await waitForPictures(page, 2)
    await chooseFiles(page, ['own.jpg'])
    await page.locator('.upload.done').waitFor()
    release()
    const about = page.locator('.head .about')
    await vi.waitFor(async () => expect(await about.textContent()).toContain('3 pictures'), PATIENCE)
    await page.unroute(`${server.url}/projects/demo`)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
