// Atlases in Phaser 4 and 3: colours and edges of frames, several pages, private projects, single pictures.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { type Drawing, differencesOf, placesOf } from '../../support/client/canvas.ts'
import { COLOURS, type Colour, SHADES, startGame } from '../../support/client/engines.ts'

/** A browser on a busy machine, whose WebGL is drawn by its processor. */
const LIMIT_MS = 300_000

const WAIT = { timeout: 120_000 } as const

const GAME = 'example.game'

/** Runs a step of the loader, `load`, and waits for its files. */
const load = (page: Page, step: string): Promise<unknown> =>
  page.evaluate(`tools.phaserLoad(${GAME}, async (load) => { ${step} })`)

/** Differences of frames of a texture that are drawn at a scale, see `differencesOf`. */
const drawn = async (
  page: Page,
  texture: string,
  colours: Record<string, Colour>,
  { scale, side, names = Object.keys(colours) }: { scale: number; side: number; names?: string[] },
): Promise<string[]> => {
  const places: Drawing[] = placesOf(names, side)
  const call = `tools.phaserDraw(${GAME}, ${JSON.stringify(texture)}, ${JSON.stringify(places)}, ${scale})`
  return differencesOf(await page.evaluate(call), places, side, colours)
}

it(
  'draws covers of a page that is loaded by its document, and single pictures, as the examples do',
  async (context) => {
    const browser = await startBrowser(context)
    const game = await startGame(browser)
    await game.put('demo', COLOURS)
    await game.put('space-garden', { blue: COLOURS.blue })
    const covers = { demo: COLOURS.red, 'space-garden': COLOURS.blue }
    const walls: [example: string, colours: Record<string, Colour>][] = [
      ['phaser-atlas', covers],
      ['phaser-pictures', COLOURS],
    ]

    for (const version of ['4', '3'])
      for (const [example, colours] of walls) {
        const { page, complaints } = await game.open(`${example}?phaser=${version}`)
        const places = Object.keys(colours).map((name, at) => ({ name, x: at * 60, y: 0 }))
        const isDrawn = `${GAME}.scene.getScenes(true)[0]?.children.length === ${places.length}`
        await page.waitForFunction(isDrawn, undefined, WAIT)
        const canvas = await page.evaluate(`tools.phaserCanvas(${GAME})`)
        expect(await differencesOf(canvas, places, 50, colours), `${example} in Phaser ${version}`).toEqual([])
        expect(complaints(), `${example} in Phaser ${version}`).toEqual([])
        await page.close()
      }
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
    await game.makePrivate('shades')
    const [first] = await game.images('demo')
    const icon = `${game.url}${first?.files.game.png}`

    for (const version of ['4', '3']) {
      const { page, complaints } = await game.open(`phaser?phaser=${version}`)
      await page.waitForFunction(`${GAME}.scene.getScenes(true)[0]?.children.length === 6`, undefined, WAIT)
      expect(await page.evaluate(`${GAME}.renderer.type`), 'drawn by WebGL').toBe(2)
      const wall = Object.keys(COLOURS).map((name, at) => ({ name, x: at * 60, y: 0 }))
      const canvas = await page.evaluate(`tools.phaserCanvas(${GAME})`)
      expect(await differencesOf(canvas, wall, 50, COLOURS), 'the example').toEqual([])

      // The pages of an atlas are found by its document alone.
      const atlas = `${game.url}/projects/demo/atlas.json`
      const json = JSON.stringify(await (await game.request('/projects/demo/atlas.json')).json())
      await load(page, `load.atlas('hash', new URL(${json}.meta.image, '${atlas}').href, '${atlas}')`)
      expect(await drawn(page, 'hash', COLOURS, { scale: 1.7, side: 85 }), 'atlas').toEqual([])
      for (const [scale, side] of [
        [1, 50],
        [0.5, 25],
        [1.7, 85],
      ] as const)
        expect(await drawn(page, 'demo', COLOURS, { scale, side }), `multiatlas at ${scale}`).toEqual([])

      // Two pages of a private project, whose names are signed.
      const signed = game.signed('/projects/shades/atlas.json?multi&size=large')
      await load(page, `load.multiatlas('shades', '${signed}', '${game.url}/projects/shades/')`)
      expect(await page.evaluate(`${GAME}.textures.get('shades').source.length`)).toBe(2)
      expect(await drawn(page, 'shades', SHADES, { scale: 0.25, side: 128 })).toEqual([])

      await load(page, `load.image('single', '${icon}')`)
      expect(await drawn(page, 'single', { __BASE: COLOURS.red }, { scale: 1, side: 50 })).toEqual([])
      expect(complaints(), `Phaser ${version}`).toEqual([])
      await page.close()
    }
  },
  LIMIT_MS,
)
