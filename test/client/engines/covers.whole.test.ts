// Covers in Phaser 4 and 3 and in Pixi 8: the placeholder, then the picture; a cover that changes loads one texture.

import type { Page, Route } from 'playwright-core'
import { expect, it } from 'vitest'
import { projectSchema } from '../../../src/http/schemas/projects.ts'
import { startBrowser } from '../../support/browser.ts'
import { COLOURS, startGame } from '../../support/client/engines.ts'
import { differencesOfSight, type Place, pictureOf, type Sight, type Striped } from '../../support/client/striped.ts'

/** A browser on a busy machine, whose WebGL is drawn by its processor. */
const LIMIT_MS = 300_000

const WAIT = { timeout: 120_000, interval: 100 } as const

const { red, green, blue, yellow, cyan, magenta } = COLOURS

const SQUARE: Striped = { width: 512, height: 512, upper: [red, blue], lower: [green, magenta] }
const WIDE: Striped = { width: 640, height: 320, upper: [green, yellow], lower: [red, cyan] }
const HIGH: Striped = { width: 320, height: 640, upper: [cyan, magenta], lower: [yellow, blue] }

/** Sizes as thumbs. */
const [SQUARE_SIZE, WIDE_SIZE, HIGH_SIZE] = [
  { width: 400, height: 400 },
  { width: 400, height: 200 },
  { width: 200, height: 400 },
]

type Game = Awaited<ReturnType<typeof startGame>>

/** Holds back the pictures that a page loads, until they are released. */
const createGate = () => {
  const held: Route[] = []
  return {
    async install(page: Page): Promise<void> {
      await page.route(/\/thumb\.webp(\?|$)/, (route) => {
        held.push(route)
      })
    },

    /** Waits until a picture of each of these images is held back, and no other. */
    untilHeld: (ids: readonly string[]) =>
      expect
        .poll(
          () =>
            held.map((route) => ids.find((id) => route.request().url().includes(id)) ?? route.request().url()).sort(),
          WAIT,
        )
        .toEqual([...ids].sort()),

    /** Lets the pictures of an image go on, or all. */
    async release(id = ''): Promise<void> {
      for (const route of held.splice(0))
        if (route.request().url().includes(id)) await route.continue()
        else held.push(route)
    },
  }
}

/** Lets a page see the cover of `demo` without its placeholder, as of an image that an early version stored. */
const withoutPlaceholder = (page: Page) =>
  page.route(
    (url) => url.pathname === '/projects/demo',
    async (route) => {
      const response = await route.fetch()
      const project = projectSchema.parse(await response.json())
      if (project.cover) project.cover.placeholder = null
      await route.fulfill({ response, json: project })
    },
  )

/** The cover of a project. */
const coverOf = async (game: Game, project: string) => {
  const { cover } = projectSchema.parse(await (await game.request(`/projects/${project}`)).json())
  if (!cover?.placeholder) throw new Error(`${project} has no cover with a placeholder`)
  return { id: cover.id, url: `${game.url}${cover.files.thumb.webp}`, placeholder: cover.placeholder }
}

/** Makes an image of `demo` its cover. */
const changeCover = async (game: Game, id: string | undefined) => {
  await game.request(`/projects/demo/primary/${id}`, { method: 'PUT' })
  return coverOf(game, 'demo')
}

const startCovers = async (game: Game) => {
  await game.putPicture('demo', 'square', await pictureOf(SQUARE))
  await game.putPicture('demo', 'wide', await pictureOf(WIDE))
  await game.putPicture('demo', 'high', await pictureOf(HIGH))
  const [square, wide, high] = await game.images('demo')
  return { square: square?.id, wide: wide?.id, high: high?.id }
}

/** Deletes the images of `demo`, its cover as the last one. */
const deleteImages = async (game: Game): Promise<void> => {
  const images = await game.images('demo')
  for (const { id } of images.sort((a, b) => Number(a.is_primary) - Number(b.is_primary)))
    await game.request(`/projects/demo/images/${id}`, { method: 'DELETE' })
}

for (const version of ['4', '3'])
  it(
    `shows placeholders, pictures and a changed cover in Phaser ${version}`,
    async (context) => {
      const browser = await startBrowser(context)
      const game = await startGame(browser)
      const ids = await startCovers(game)
      await game.putPicture('space-garden', 'high', await pictureOf(HIGH))
      const [first, garden] = [await coverOf(game, 'demo'), await coverOf(game, 'space-garden')]
      const gate = createGate()
      const { page, complaints } = await game.open(`phaser-covers?phaser=${version}`, gate.install)
      const untilShown = (at: number, { width, height }: Pick<Place, 'width' | 'height'>, sight: Sight) =>
        expect
          .poll(async () => {
            const place = { x: at * 210, y: 0, width: width / 2, height: height / 2 }
            return differencesOfSight(await page.evaluate('tools.phaserCanvas(example.game)'), place, sight)
          }, WAIT)
          .toEqual([])
      /** Keys of the textures that are not Phaser's own. */
      const untilTextures = (keys: string[]) =>
        expect
          .poll(() => page.evaluate('example.game.textures.getTextureKeys().sort()'), WAIT)
          .toEqual([...keys].sort())

      await untilShown(0, SQUARE_SIZE, { placeholder: first.placeholder })
      await untilShown(1, HIGH_SIZE, { placeholder: garden.placeholder })
      await gate.untilHeld([first.id, garden.id])
      await gate.release()
      await untilShown(0, SQUARE_SIZE, { picture: SQUARE })
      await untilShown(1, HIGH_SIZE, { picture: HIGH })
      await untilTextures([first.url, garden.url])

      const second = await changeCover(game, ids.wide)
      await untilShown(0, WIDE_SIZE, { placeholder: second.placeholder })
      await gate.untilHeld([second.id])
      await gate.release()
      await untilShown(0, WIDE_SIZE, { picture: WIDE })
      await untilShown(1, HIGH_SIZE, { picture: HIGH })
      await untilTextures([second.url, garden.url])

      await withoutPlaceholder(page)
      const third = await changeCover(game, ids.high)
      await gate.untilHeld([third.id])
      await untilShown(0, WIDE_SIZE, { picture: WIDE })
      await gate.release()
      await untilShown(0, HIGH_SIZE, { picture: HIGH })
      await untilTextures([third.url, garden.url])

      // The picture of a cover in between comes too late: it is not shown any more.
      const between = await changeCover(game, ids.wide)
      await gate.untilHeld([between.id])
      const last = await changeCover(game, ids.square)
      await gate.untilHeld([between.id, last.id])
      await gate.release(last.id)
      await untilShown(0, SQUARE_SIZE, { picture: SQUARE })
      await gate.release()
      await page.waitForFunction('!example.game.scene.getScenes(true)[0].load.isLoading()', undefined, WAIT)
      await untilShown(0, SQUARE_SIZE, { picture: SQUARE })
      await untilTextures([last.url, garden.url])

      await deleteImages(game)
      await untilShown(0, SQUARE_SIZE, 'nothing')
      await untilShown(1, HIGH_SIZE, { picture: HIGH })
      expect(complaints()).toEqual([])
    },
    LIMIT_MS,
  )

it(
  'shows a placeholder, a picture and a changed cover in Pixi',
  async (context) => {
    const browser = await startBrowser(context)
    const game = await startGame(browser)
    const ids = await startCovers(game)
    const first = await coverOf(game, 'demo')
    const gate = createGate()
    const { page, complaints } = await game.open('live-cover', gate.install)
    const untilShown = ({ width, height }: Pick<Place, 'width' | 'height'>, sight: Sight) =>
      expect
        .poll(async () => {
          const place = { x: 0, y: 0, width, height }
          return differencesOfSight(await page.evaluate('tools.pixiCanvas(example.app)'), place, sight)
        }, WAIT)
        .toEqual([])
    const untilKept = (urls: readonly string[], kept: readonly string[]) => {
      const call = `import('pixi.js').then(({ Assets }) => ${JSON.stringify(urls)}.filter((url) => Assets.cache.has(url)))`
      return expect.poll(() => page.evaluate(call), WAIT).toEqual(kept)
    }

    await untilShown(SQUARE_SIZE, { placeholder: first.placeholder })
    await gate.untilHeld([first.id])
    await gate.release()
    await untilShown(SQUARE_SIZE, { picture: SQUARE })
    await untilKept([first.url], [first.url])

    const second = await changeCover(game, ids.wide)
    await untilShown(WIDE_SIZE, { placeholder: second.placeholder })
    await gate.untilHeld([second.id])
    await gate.release()
    await untilShown(WIDE_SIZE, { picture: WIDE })
    await untilKept([first.url, second.url], [second.url])

    await withoutPlaceholder(page)
    const third = await changeCover(game, ids.high)
    await gate.untilHeld([third.id])
    await untilShown(WIDE_SIZE, { picture: WIDE })
    await gate.release()
    await untilShown(HIGH_SIZE, { picture: HIGH })
    await untilKept([first.url, second.url, third.url], [third.url])

    await deleteImages(game)
    await untilShown(SQUARE_SIZE, 'nothing')
    expect(complaints()).toEqual([])
  },
  LIMIT_MS,
)
