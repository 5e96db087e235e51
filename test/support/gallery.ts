// The gallery in a browser: pages whose console is watched, checks of accessibility, and what journeys do often.

import axe from 'axe-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { z } from 'zod'
import { smallPhoto } from './pictures/pictures.ts'

/** A browser on a busy machine. */
export const LIMIT_MS = 300_000

export const PATIENCE = { timeout: 60_000, interval: 50 }

export interface Visitor {
  context: BrowserContext
  page: Page
  /** Uncaught errors, and what the policy of the page has refused. */
  complaints: string[]
}

/** A browser profile of its own, with one page. */
export const visit = async (browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(60_000)
  const complaints: string[] = []
  const page = await openTab(context, url, complaints)
  return { context, page, complaints }
}

export const openTab = async (context: BrowserContext, url: string, complaints: string[]): Promise<Page> => {
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Uncaught/.test(message.text())) complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(new URL(url).origin))
      complaints.push(`request to ${request.url()}`)
  })
  await page.goto(url)
  return page
}

/** A photo for the file dialog. @param name of its file */
export const photoFile = async (name: string, bytes?: Buffer) => ({
  name,
  mimeType: 'image/jpeg',
  buffer: bytes ?? Buffer.from(await smallPhoto()),
})

/** Chooses files by the button of a project. */
export const chooseFiles = async (page: Page, names: readonly string[]): Promise<void> =>
  page.setInputFiles('[data-input=files]', await Promise.all(names.map((name) => photoFile(name))))

/** Names of the pictures of the wall, in order. */
export const shownNames = (page: Page): Promise<string[]> =>
  page.$$eval('.tile > a', (links) => links.map((link) => link.getAttribute('aria-label') ?? ''))

/** Controls of a project that not everybody has. */
const GRANTED = ['Download all as ZIP', 'Share', 'Members', 'Settings', 'Upload a folder', 'Upload']

/** Those that the shown project has, in the order of the list. */
export const grantedControls = async (page: Page): Promise<string[]> => {
  const names = await page
    .locator('.head .button, .head button')
    .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? each.textContent))
  return GRANTED.filter((name) => names.includes(name))
}

const axeSchema = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
})

/** Findings of axe-core: one line for each element. */
export const findingsOf = async (page: Page): Promise<string[]> => {
  // Not by a script element, which the policy of the page forbids.
  await page.evaluate(axe.source)
  const { violations } = axeSchema.parse(await page.evaluate('axe.run(document)'))
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}
