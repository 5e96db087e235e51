// Guests in the gallery: people who open a share link, in Chromium against the built program.

import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { linkWithUrlSchema } from '../../src/http/schemas/links.ts'
import { ADMIN, keyOf } from '../support/auth/access.ts'
import { inSeconds } from '../support/auth/links.ts'
import { startBrowser } from '../support/browser.ts'
import { grantedControls, LIMIT_MS, PATIENCE, shownNames, visit } from '../support/gallery.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { serve } from '../support/processes/tintype.ts'
import { formOf } from '../support/upload.ts'

it(
  'shows a private project to a guest by its link, a public one to all, and its title as text',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve([], { env: { API_KEYS: `admin:${ADMIN}` } })
    const project = `${server.url}/projects/shop`
    const change = async (method: string, path: string, body: object) =>
      fetch(`${project}${path}`, {
        method,
        headers: { ...keyOf(ADMIN), 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
    await fetch(`${project}/images`, { method: 'POST', headers: keyOf(ADMIN), body: formOf(await smallPhoto()) })
    expect((await change('PATCH', '', { visibility: 'private', title: 'The shop' })).status).toBe(200)
    const made = await change('POST', '/links', { expires: inSeconds(3600) })
    const link = linkWithUrlSchema.parse(await made.json())

    const stranger = await visit(browser, `${server.url}/g/shop`)
    await stranger.page.getByRole('alert').waitFor()
    expect(await stranger.page.content()).not.toContain('The shop')

    const { page, complaints } = await visit(browser, `${server.url}${link.url}`)
    await page.getByRole('heading', { name: 'The shop' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/g/shop')
    await vi.waitFor(async () => expect(await shownNames(page)).toHaveLength(1), PATIENCE)
    const isSharp = `document.querySelector('.tile img')?.naturalWidth > 0`
    await vi.waitFor(async () => expect(await page.evaluate(isSharp)).toBe(true), PATIENCE)

    // Public, its page has a preview: a title that attacks is text in each place.
    const title = `"></title><img src=x onerror="window.isHit=1">`
    expect((await change('PATCH', '', { visibility: 'public', title })).status).toBe(200)
    await stranger.page.goto(`${server.url}/g/shop`)
    await stranger.page.getByRole('heading', { name: title }).waitFor()
    const read = `[document.title, document.querySelector('meta[property="og:title"]').content, window.isHit]`
    expect(await stranger.page.evaluate(read)).toEqual([`${title} – Tintype`, title, undefined])
    expect([complaints, stranger.complaints]).toEqual([[], []])
  },
  LIMIT_MS,
)

it(
  'lets guests of a link with uploads drop pictures, and shows them nothing that they may not do',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve([], { env: { API_KEYS: `admin:${ADMIN}` } })
    const project = `${server.url}/projects/shop`
    const headers = keyOf(ADMIN)
    await fetch(`${project}/images`, { method: 'POST', headers, body: formOf(await smallPhoto()) })
    const open = async (options: object, pictures: number) => {
      const made = await fetch(`${project}/links`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ expires: inSeconds(3600), ...options }),
      })
      const { url } = linkWithUrlSchema.parse(await made.json())
      const visitor = await visit(browser, `${server.url}${url}`)
      await vi.waitFor(async () => expect(await shownNames(visitor.page)).toHaveLength(pictures), PATIENCE)
      await visitor.page.getByRole('button', { name: 'For developers' }).waitFor()
      return visitor
    }
    const adding = await open({ upload: true }, 1)
    const offered = ['Download all as ZIP', 'Upload a folder', 'Upload']
    await vi.waitFor(async () => expect(await grantedControls(adding.page)).toEqual(offered), PATIENCE)
    await adding.page.getByRole('button', { name: 'Select photo.jpg' }).waitFor()
    await dragFile(adding.page, 'dragenter')
    await vi.waitFor(async () => {
      await dragFile(adding.page, 'dragover')
      expect(await adding.page.locator('.drop-zone').isVisible()).toBe(true)
    }, PATIENCE)
    await dragFile(adding.page, 'drop')
    await vi.waitFor(async () => expect(await shownNames(adding.page)).toContain('dropped.jpg'), PATIENCE)

    // What is selected can be downloaded, and nothing else.
    const { page } = adding
    await page.locator('.tile > a').first().press(' ')
    await page.getByText('1 selected').waitFor()
    const tools = page.getByRole('toolbar').getByRole('button')
    expect(
      await tools.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? each.textContent)),
    ).toEqual(['Clear selection', 'All', 'Download as ZIP'])
    await page.keyboard.press('Delete')
    await page.keyboard.press('Alt+ArrowRight')
    await page.getByText('1 selected').waitFor()
    expect(await page.locator('.tile[draggable=true]').count()).toBe(0)
    expect(await page.locator('.toast').count()).toBe(0)

    // Without uploads and downloads nothing is taken, and nothing can be selected.
    const looking = await open({ download: false }, 2)
    expect(await grantedControls(looking.page)).toEqual([])
    expect(await looking.page.locator('.tile button').count()).toBe(0)
    await dragFile(looking.page, 'dragenter')
    await dragFile(looking.page, 'dragover')
    expect(await looking.page.locator('.drop-zone').count()).toBe(0)
    await looking.page.keyboard.press('Control+a')
    expect(await looking.page.getByRole('toolbar').count()).toBe(0)
    await looking.page.locator('.tile > a').first().click()
    await looking.page.getByRole('button', { name: 'Facts and sizes' }).click()
    await looking.page.getByRole('rowheader', { name: 'medium' }).waitFor()
    expect(await looking.page.getByRole('rowheader', { name: 'original' }).count()).toBe(0)
    expect(await looking.page.locator('.pswp').innerHTML()).not.toContain('original')
    expect([adding.complaints, looking.complaints]).toEqual([[], []])
  },
  LIMIT_MS,
)

/** Sends an event of a drag over the page, with the first picture of the wall as a file. */
const dragFile = (page: Page, type: 'dragenter' | 'dragover' | 'drop'): Promise<unknown> =>
  page.evaluate(`(async () => {
    const dataTransfer = new DataTransfer()
    const blob = await (await fetch(document.querySelector('.tile img').src)).blob()
    dataTransfer.items.add(new File([blob], 'dropped.jpg', { type: 'image/jpeg' }))
    dispatchEvent(new DragEvent('${type}', { dataTransfer, cancelable: true }))
  })()`)
