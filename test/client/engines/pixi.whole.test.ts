// Atlases in Pixi 8: colours and edges of frames, several pages, private projects, covers.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { differencesOf, placesOf } from '../../support/client/canvas.ts'
import { COLOURS, type Colour, SHADES, startGame } from '../../support/client/engines.ts'

/** A browser on a busy machine, whose WebGL is drawn by its processor. */
const LIMIT_MS = 300_000

/** Loads an atlas into `sheets`, all its pages. @returns their numbers of frames */
const load = (page: Page, url: string): Promise<unknown> =>
  page.evaluate(`(async () => {
    const { Assets, Sprite } = await import('pixi.js')
    const first = await Assets.load({ src: ${JSON.stringify(url)}, data: { cachePrefix: ${JSON.stringify(url)} } })
    const pages = [first, ...first.linkedSheets]
    Object.assign(globalThis, { Sprite, textures: Object.assign({}, ...pages.map(({ textures }) => textures)) })
    return pages.map(({ textures }) => Object.keys(textures).length)
  })()`)

/** Differences of the frames that were loaded last, drawn at a scale, see `differencesOf`. */
const drawn = async (
  page: Page,
  colours: Record<string, Colour>,
  { scale, side }: { scale: number; side: number },
): Promise<string[]> => {
  const places = placesOf(Object.keys(colours), side)
  const call = `tools.pixiDraw(example.app, Sprite, textures, ${JSON.stringify(places)}, ${scale})`
  return differencesOf(await page.evaluate(call), places, side, colours)
}

it(
  'draws single pictures, as the example does',
  async (context) => {
    const browser = await startBrowser(context)
    const game = await startGame(browser)
    await game.put('demo', COLOURS)
    const { page, complaints } = await game.open('pixi-pictures')
    const places = Object.keys(COLOURS).map((name, at) => ({ name, x: at * 60, y: 0 }))
    const canvas = await page.evaluate('tools.pixiCanvas(example.app)')
    expect(await differencesOf(canvas, places, 50, COLOURS)).toEqual([])
    expect(complaints()).toEqual([])
  },
  LIMIT_MS,
)

it(
  'draws frames of each kind of atlas in their colours, without pixels of their neighbours',
  async (context) => {
    const browser = await startBrowser(context)
    const game = await startGame(browser)
    await game.put('demo', COLOURS)
    await game.put('shades', SHADES)
    const { page, complaints } = await game.open('pixi')
    const wall = Object.keys(COLOURS).map((name, at) => ({ name, x: at * 60, y: 0 }))
    const canvas = await page.evaluate('tools.pixiCanvas(example.app)')
    expect(await differencesOf(canvas, wall, 50, COLOURS), 'the example').toEqual([])

    expect(await load(page, `${game.url}/projects/demo/atlas.json?format=png&page=4096`)).toEqual([6])
    for (const [scale, side] of [
      [1, 50],
      [0.5, 25],
      [1.7, 85],
    ] as const)
      expect(await drawn(page, COLOURS, { scale, side }), `at ${scale}`).toEqual([])
    expect(await load(page, `${game.url}/projects/demo/atlas.json?size=game`)).toEqual([6])
    expect(await drawn(page, COLOURS, { scale: 1.7, side: 85 }), 'a lossy page').toEqual([])

    const large = '/projects/shades/atlas.json?size=large'
    expect(await load(page, `${game.url}${large}`)).toEqual([9, 1])
    expect(await drawn(page, SHADES, { scale: 0.25, side: 128 }), 'two pages').toEqual([])

    expect(await load(page, `${game.url}/atlas.json?projects=shades,demo`)).toEqual([2])
    const covers = { shades: SHADES['shade-0'] ?? [0, 0, 0], demo: COLOURS.red }
    expect(await drawn(page, covers, { scale: 1.7, side: 85 }), 'covers').toEqual([])

    // Pixi appends the query of the document, its signature included, to the URLs of both pages.
    await game.makePrivate('shades')
    expect(await load(page, game.signed(large))).toEqual([9, 1])
    expect(await drawn(page, SHADES, { scale: 0.25, side: 128 }), 'signed').toEqual([])
    expect(complaints()).toEqual([])
  },
  LIMIT_MS,
)
