// Every view of the gallery, and how a person comes to it from the one before.

import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { photoFile } from '../gallery.ts'
import { corpusFiles } from '../pictures/corpus.ts'
import { photo } from '../pictures/photo.mjs'
import { formOf } from '../upload.ts'

export interface View {
  name: string
  open(page: Page): Promise<unknown>
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** Of anybody on an open server with the projects of `fillServer`. */
export const OPEN_VIEWS: readonly View[] = [
  {
    name: 'wall',
    async open(page) {
      await page.locator('.cover img').first().waitFor()
      await page.getByRole('button', { name: TAGS[0] }).waitFor()
    },
  },
  {
    name: 'new-project',
    async open(page) {
      await press(page, 'New project')
      await page.locator('dialog').waitFor()
    },
  },
  {
    name: 'project',
    async open(page) {
      await page.keyboard.press('Escape')
      await page.getByRole('link', { name: COAST }).click()
      await page.locator('.tile img').first().waitFor()
    },
  },
  {
    name: 'selection',
    async open(page) {
      await page.locator('.tile a').first().focus()
      await page.keyboard.press(' ')
      await page.getByText('1 selected').waitFor()
    },
  },
  {
    name: 'details',
    async open(page) {
      await press(page, 'Details')
      await page.locator('dialog .target img').waitFor()
    },
  },
  {
    name: 'settings',
    async open(page) {
      await page.keyboard.press('Escape')
      await press(page, 'Settings')
      await page.getByText('Delete project').first().click()
    },
  },
  {
    name: 'developers',
    async open(page) {
      await page.keyboard.press('Escape')
      await press(page, 'For developers')
      await page.getByText('curl -F').waitFor()
    },
  },
  {
    name: 'atlas',
    async open(page) {
      await page.keyboard.press('Escape')
      await press(page, 'Atlas for games')
      await page.locator('.sheet [role=option]').nth(2).waitFor()
    },
  },
  {
    name: 'share',
    async open(page) {
      await page.keyboard.press('Escape')
      await press(page, 'Share')
      await press(page, 'Make a link')
      await page.getByText('Revoke').first().waitFor()
    },
  },
  {
    name: 'lightbox',
    async open(page) {
      await page.keyboard.press('Escape')
      await press(page, 'Clear selection')
      await page.locator('.tile a').first().click()
      await page.locator('.pswp--open').waitFor()
    },
  },
  {
    name: 'facts',
    async open(page) {
      await press(page, 'Facts and sizes')
      await page.getByText('Copy <img> tag').waitFor()
    },
  },
  {
    name: 'uploads',
    async open(page) {
      await page.goto(new URL('/g/kitchen', page.url()).href)
      await page.getByText('No pictures yet').waitFor()
      const text = Buffer.from('no picture')
      const files = [photoFile('breakfast.jpg'), photoFile('a long name of notes that are no picture.jpg', text)]
      await page.setInputFiles('[data-input=files]', await Promise.all(files))
      await page.getByText('1 upload failed').waitFor()
    },
  },
  {
    name: 'nothing-found',
    async open(page) {
      await press(page, 'Close')
      await page.getByPlaceholder('Search').fill('absent')
      await page.getByText('Nothing found').waitFor()
    },
  },
  {
    name: 'empty-project',
    async open(page) {
      await page.goto(new URL('/g/empty', page.url()).href)
      await page.getByText('No pictures yet').waitFor()
    },
  },
  {
    name: 'missing-project',
    async open(page) {
      await page.goto(new URL('/g/absent', page.url()).href)
      await page.getByText('There is no such project').waitFor()
    },
  },
]

const PERSON = { email: 'ada.of.the.long.address@example.com', password: 'correct horse battery' }

/** Of a person who comes to a server with accounts and registers. */
export const ACCOUNT_VIEWS: readonly View[] = [
  { name: 'visitor', open: (page) => page.getByText('Sign in to see your projects.').waitFor() },
  {
    name: 'sign-in',
    async open(page) {
      await press(page, 'Sign in')
      await page.getByRole('dialog').getByRole('button', { name: 'Register' }).waitFor()
    },
  },
  {
    name: 'register',
    async open(page) {
      await page.getByRole('dialog').getByRole('button', { name: 'Register' }).click()
      await page.getByLabel('Name').waitFor()
    },
  },
  {
    name: 'empty-wall',
    async open(page) {
      await page.getByLabel('E-mail').fill(PERSON.email)
      await page.getByLabel('Name').fill('Ada Lovelace')
      await page.getByLabel('Password').fill(PERSON.password)
      await page.getByRole('dialog').getByRole('button', { name: 'Register' }).click()
      await page.getByText('No projects yet').waitFor()
    },
  },
  {
    name: 'account',
    async open(page) {
      await press(page, 'Ada Lovelace')
      await page.getByText('Change password').first().click()
      await page.getByLabel('New password').waitFor()
    },
  },
  {
    name: 'members',
    async open(page) {
      await page.keyboard.press('Escape')
      await press(page, 'New project')
      await page.getByLabel('Title').fill('Family')
      await press(page, 'Create')
      await press(page, 'Members')
      await page.getByText('Nobody else is a member so far.').waitFor()
    },
  },
]

const COAST = 'The coast in October'
const TAGS = ['sea', 'a tag of several words that stands beside others'] as const

const PROJECTS: Record<string, { title: string; visibility?: string; tags?: readonly string[]; photos: number }> = {
  empty: { title: 'Empty', photos: 0 },
  kitchen: { title: 'Kitchen', photos: 0 },
  street: { title: 'Street', photos: 1, visibility: 'private' },
  workshop: { title: 'A workshop in the old town, with a title that is longer than its cover is wide', photos: 2 },
  coast: { title: COAST, tags: TAGS, photos: 8 },
}

/** Fills a server with projects: real photos where ../shared/corpus is, else made ones. */
export const fillServer = async (url: string): Promise<void> => {
  const real = corpusFiles('photos').filter((path) => /landscape|portrait|street|grey|nikon|hdr/.test(path))
  const photoAt = async (at: number) => {
    const path = real[at % real.length]
    return path ? readFile(path) : photo({ width: 900, height: at % 3 === 1 ? 1200 : 600, seed: at })
  }
  const check = async (sent: Promise<Response>) => expect((await sent).status).toBe(201)
  let at = 0
  for (const [project, { photos, ...body }] of Object.entries(PROJECTS)) {
    const headers = { 'Content-Type': 'application/json' }
    await check(fetch(`${url}/projects/${project}`, { method: 'PUT', headers, body: JSON.stringify(body) }))
    for (let count = 0; count < photos; count++)
      await check(fetch(`${url}/projects/${project}/images`, { method: 'POST', body: formOf(await photoAt(at++)) }))
  }
}
