// Every view on screens of all sizes, light and dark: what axe-core finds, what is cut off, and what moves.
// Screenshots of them stay in test/screenshots/, which git ignores.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { cutOff } from '../support/gallery/cut-off.ts'
import { ACCOUNT_VIEWS, fillServer, OPEN_VIEWS, type View } from '../support/gallery/views.ts'
import { findingsOf, LIMIT_MS, PATIENCE, visit } from '../support/gallery.ts'
import { serve } from '../support/processes/tintype.ts'
import { thorough } from '../support/thorough.ts'

type Scheme = 'light' | 'dark'

/** How a view is looked at. */
interface Look {
  width: number
  height: number
  colorScheme: Scheme
}

const look = (width: number, colorScheme: Scheme): Look => ({ width, height: width < 500 ? 740 : 900, colorScheme })

/** Of each view, beside the one that it was opened in; a sample has none. */
const OTHERS = thorough(
  [],
  [360, 768, 1440].flatMap((width) => (['light', 'dark'] as const).map((scheme) => look(width, scheme))),
)

interface Screen extends Look {
  name: string
  others: readonly Look[]
  more: BrowserContextOptions
}

const WIDE: Screen = { name: 'wide and light', ...look(1440, 'light'), others: OTHERS, more: {} }
const NARROW: Screen = { name: 'narrow and dark', ...look(320, 'dark'), others: [], more: { hasTouch: true } }

/** A window of 1280 by 900 pixels at 200 %: half of them, each of them four. */
const ZOOMED: Screen = {
  ...{ name: 'zoomed to 200 %', width: 640, height: 450, colorScheme: 'light', others: [] },
  more: { deviceScaleFactor: 2 },
}

/** A sample: the widest and the narrowest. */
const SCREENS = thorough([WIDE, NARROW], [WIDE, NARROW, ZOOMED])

const FOLDER = fileURLToPath(new URL('../screenshots/', import.meta.url))

/** Opens a server's gallery on a screen, and walks through views one after the other. */
const walk = async (browser: Browser, url: string, screen: Screen, views: readonly View[]): Promise<void> => {
  const { width, height, colorScheme, others, more } = screen
  const options = { viewport: { width, height }, colorScheme, reducedMotion: 'reduce', ...more } as const
  const { page, complaints } = await visit(browser, url, options)
  await mkdir(FOLDER, { recursive: true })
  const lookAt = async (name: string, at: Look): Promise<void> => {
    await page.setViewportSize({ width: at.width, height: at.height })
    await page.emulateMedia({ colorScheme: at.colorScheme })
    // The layout follows the size a frame later.
    await vi.waitFor(async () => expect(await cutOff(page), `${name}, ${at.width} pixels`).toEqual([]), PATIENCE)
    await page.screenshot({ path: join(FOLDER, `${name}-${at.width}-${at.colorScheme}.png`) })
  }
  for (const { name, open } of views) {
    await open(page)
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    expect(await findingsOf(page), name).toEqual([])
    for (const other of others) await lookAt(name, other)
    await lookAt(name, screen)
  }
  expect(complaints).toEqual([])
}

describe.each(SCREENS)('a screen, $name', (screen) => {
  it(
    'has no finding in any view of an open server',
    async (context) => {
      const browser = await startBrowser(context)
      const server = await serve()
      await fillServer(server.url)
      await walk(browser, server.url, screen, OPEN_VIEWS)
    },
    2 * LIMIT_MS,
  )

  it(
    'has no finding in any view of an account',
    async (context) => {
      const browser = await startBrowser(context)
      const server = await serve(['--registration', 'open'])
      await walk(browser, server.url, screen, ACCOUNT_VIEWS)
    },
    2 * LIMIT_MS,
  )
})

it(
  'moves nothing for people who want it still',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    await fillServer(server.url)
    const moving = async (reducedMotion: 'reduce' | 'no-preference') => {
      const { page, context: profile } = await visit(browser, `${server.url}/g/coast`, { reducedMotion })
      await page.locator('.tile img').first().waitFor()
      const found = await page.evaluate(MOVING)
      await profile.close()
      return found
    }
    expect(await moving('reduce')).toEqual([])
    expect(await moving('no-preference')).not.toEqual([])
  },
  LIMIT_MS,
)

/** Elements that change little by little. */
const MOVING = `[...document.querySelectorAll('*')]
  .filter((element) => {
    const { transitionDuration, animationName } = getComputedStyle(element)
    return animationName !== 'none' || transitionDuration.split(', ').some((duration) => duration !== '0s')
  })
  .map((element) => element.className)`
