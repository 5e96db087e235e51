// Debian's Chromium, driven by playwright-core, for tests of pages.

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type ConsoleMessage, chromium, type Page } from 'playwright-core'
import { onTestFinished, type TestContext } from 'vitest'
import { temporaryFolder } from './disk/folder.ts'
import { skipWithout } from './skip.ts'

/** Root needs `--no-sandbox`. The others stop requests that no page makes: updates, hints, metrics, the icon of a search. */
const FLAGS = [
  '--no-sandbox',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--metrics-recording-only',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

/** Starts a browser with an empty profile, closed at the end of the test. Skips the test on a machine without Chromium. */
export const startBrowser = async (context: TestContext): Promise<Browser> => {
  const executablePath = findChromium()
  if (executablePath === undefined) return skipWithout(context, 'chromium')
  const home = await temporaryFolder()
  const browser = await chromium.launch({
    executablePath,
    args: FLAGS,
    chromiumSandbox: false,
    env: { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  })
  onTestFinished(() => browser.close())
  return browser
}

export interface WatchedPage {
  page: Page
  /** Warnings and errors in the console so far, each with the URL of its cause; uncaught errors included. */
  complaints: string[]
  /** URLs of requests to other origins than that of the first one. */
  foreignRequests: string[]
}

/**
 * Opens a URL in a new tab whose console and requests are recorded.
 *
 * @param prepare runs before anything is loaded
 */
export const openPage = async (
  browser: Browser,
  url: string,
  prepare?: (page: Page) => Promise<void>,
): Promise<WatchedPage> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const complaints: string[] = []
  const foreignRequests: string[] = []
  const { origin } = new URL(url)
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== origin) foreignRequests.push(request.url())
  })
  await prepare?.(page)
  await page.goto(url)
  return { page, complaints, foreignRequests }
}

const findChromium = (): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
