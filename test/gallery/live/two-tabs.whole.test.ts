// Two tabs of one browser: they read one stream of changes, and another tab goes on with it.

import type { Page, Request, Response } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { LIMIT_MS, openTab, PATIENCE, shownNames, visit } from '../../support/gallery.ts'
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
