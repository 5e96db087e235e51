// Guests in the gallery: people who open a share link, in Chromium against the built program.

import { expect, it, vi } from 'vitest'
import { linkWithUrlSchema } from '../../src/http/schemas/links.ts'
import { ADMIN, keyOf } from '../support/auth/access.ts'
import { inSeconds } from '../support/auth/links.ts'
import { startBrowser } from '../support/browser.ts'
import { LIMIT_MS, PATIENCE, shownNames, visit } from '../support/gallery.ts'
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
