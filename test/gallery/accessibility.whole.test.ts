// What axe-core finds in the views, light and dark, and that nothing is wider than a phone.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { findingsOf, LIMIT_MS, visit } from '../support/gallery.ts'
import { serve } from '../support/processes/tintype.ts'
import { upload } from '../support/upload.ts'

/** Each view, and how to come there from the one before. */
const VIEWS: readonly (readonly [name: string, open: (page: Page) => Promise<unknown>])[] = [
  ['the wall of projects', (page) => page.locator('.cover img').waitFor()],
  [
    'a new project',
    async (page) => {
      await page.getByRole('button', { name: 'New project' }).click()
      await page.locator('dialog').waitFor()
    },
  ],
  [
    'a project',
    async (page) => {
      await page.keyboard.press('Escape')
      await page.locator('.cover a').click()
      await page.locator('.tile img').first().waitFor()
    },
  ],
  [
    'a selection',
    async (page) => {
      await page.locator('.tile a').first().focus()
      await page.keyboard.press(' ')
      await page.getByText('1 selected').waitFor()
    },
  ],
  [
    'details',
    async (page) => {
      await page.getByRole('button', { name: 'Details' }).click()
      await page.locator('dialog .target img').waitFor()
    },
  ],
  [
    'settings',
    async (page) => {
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Settings' }).click()
      await page.getByText('Delete project').first().click()
    },
  ],
  [
    'the corner of developers',
    async (page) => {
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'For developers' }).click()
      await page.getByText('curl -F').waitFor()
    },
  ],
  [
    'the atlas',
    async (page) => {
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Atlas for games' }).click()
      await page.locator('.sheet [role=option]').nth(2).waitFor()
    },
  ],
  [
    'share links',
    async (page) => {
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Share' }).click()
      await page.getByRole('button', { name: 'Make a link' }).click()
      await page.getByText('Revoke').first().waitFor()
    },
  ],
  [
    'the lightbox',
    async (page) => {
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Clear selection' }).click()
      await page.locator('.tile a').first().click()
      await page.locator('.pswp--open').waitFor()
    },
  ],
  [
    'facts',
    async (page) => {
      await page.getByRole('button', { name: 'Facts and sizes' }).click()
      await page.getByText('Copy <img> tag').waitFor()
    },
  ],
]

it(
  'finds nothing in any view, on a wide screen and on a phone of 320 pixels',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    for (let at = 0; at < 3; at++) expect((await upload(server.url, 'demo')).status).toBe(201)
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 320],
    ] as const) {
      const options = { colorScheme, reducedMotion: 'reduce', viewport: { width, height: 800 } } as const
      const { page, context: profile, complaints } = await visit(browser, server.url, options)
      for (const [name, open] of VIEWS) {
        await open(page)
        // The link of the first visit is listed before the second one is made.
        await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
        expect(await findingsOf(page), `${name}, ${colorScheme}`).toEqual([])
        const scrolled = await page.evaluate('document.documentElement.scrollWidth')
        expect(scrolled, `width of ${name}`).toBeLessThanOrEqual(width)
      }
      expect(complaints).toEqual([])
      await profile.close()
    }
  },
  LIMIT_MS,
)
