// Pictures of all known layouts with known colours, and these colours in every output. Prints the matrix.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { SIZES } from '../../../../src/core/names.ts'
import type { Format } from '../../../../src/core/transform/formats.ts'
import { parseTransform } from '../../../../src/core/transform/parse-transform.ts'
import { type Recipe, recipeFrom, sizeRecipe, transformRecipe } from '../../../../src/core/transform/recipe.ts'
import { encodePicture } from '../../../../src/image/worker/pipeline.ts'
import { renderPicture } from '../../../../src/image/worker/render.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { ROWS, type Row } from '../../../support/pictures/layouts/rows.ts'
import { PATCH, type Shown, SIZE } from '../../../support/pictures/layouts/samples.ts'
import { jobFor } from '../../../support/pictures/pictures.ts'
import { thorough } from '../../../support/thorough.ts'

/** Most levels of 255 that a colour is off. */
const MAX_LEVELS = 3

/** Not white, and of three different levels: a background that lost a channel would show. */
const BACKGROUND = [0, 255, 128] as const
const MARGIN = [255, 0, 128] as const

const transform = (query: string, format: Format): Recipe =>
  transformRecipe(parseTransform(new Map(new URLSearchParams(query))), format)

/** Renders of an original. A preset is a transform by another name. */
const RENDERS: Record<string, Recipe> = {
  webp: sizeRecipe('original', 'webp'),
  avif: sizeRecipe('thumb', 'avif'),
  'game.avif': sizeRecipe('game', 'avif'),
  transform: transform('w=192&format=jpeg', 'jpeg'),
  preset: transform('w=192&h=192&fit=contain&background=ff0080&format=avif', 'avif'),
}

/** Renders of a source with transparent pixels, which they keep. */
const TRANSPARENT: Record<string, Recipe> = {
  png: sizeRecipe('medium', 'png'),
  't.webp': sizeRecipe('original', 'webp'),
  't.avif': transform('w=192&format=avif', 'avif'),
}

const OUTPUTS = [...SIZES, ...Object.keys(RENDERS), 'source', ...Object.keys(TRANSPARENT)]

/** Points in the middle of each patch, or of the part of it that is in the middle square. */
const POINTS = [0, 1].flatMap((row) => [48, 96, 144].map((x) => [x, PATCH * row + PATCH / 2] as const))

/** Of an output, where a point of the picture is: cropped to the middle square, or with margins. */
const placeIn = (output: string, [x, y]: readonly [number, number]): readonly [number, number] => {
  if (output.startsWith('game'))
    return [((x - (SIZE.width - SIZE.height) / 2) * 50) / SIZE.height, (y * 50) / SIZE.height]
  return output === 'preset' ? [x, y + (SIZE.width - SIZE.height) / 2] : [x, y]
}

const matrix: [name: string, cells: Record<string, number>][] = []

/** Largest difference of a colour, in levels. */
const offBy = async (output: string, file: Buffer, expected: readonly Shown[]): Promise<number> => {
  const shown = sharp(file).autoOrient().removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await shown.toBuffer({ resolveWithObject: true })
  const differences = expected.map(([r, g, b, alpha], patch) => {
    const [x, y] = placeIn(output, POINTS[patch] ?? [0, 0])
    const at = (Math.floor(y) * info.width + Math.floor(x)) * info.channels
    return [r, g, b].map((level, band) => {
      const visible = Math.round((level * alpha + (BACKGROUND[band] ?? 0) * (255 - alpha)) / 255)
      return Math.abs((data[at + band] ?? -99) - visible)
    })
  })
  if (output === 'preset')
    differences.push(MARGIN.map((level, band) => Math.abs((data[4 * info.channels + band] ?? -99) - level)))
  return Math.max(...differences.flat())
}

/** The same in a file with opacity; colours that are not visible do not count. */
const offByIn = async (file: Buffer, expected: readonly Shown[]): Promise<number> => {
  const { data, info } = await sharp(file).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  expect(info.channels).toBe(4)
  const differences = expected.flatMap(([r, g, b, alpha], patch) => {
    const [x, y] = POINTS[patch] ?? [0, 0]
    const at = (y * info.width + x) * 4
    const colour = [r, g, b].map((level, band) => (alpha === 0 ? 0 : Math.abs((data[at + band] ?? -99) - level)))
    return [...colour, Math.abs((data[at + 3] ?? -99) - alpha)]
  })
  return Math.max(...differences)
}

/**
 * Renders of other uploads start from converted variants, which are alike whatever the layout was: every sixth row is a
 * sample of them. The original of a JPEG may be the upload rewritten.
 */
const isRendered = ({ name }: Row, at: number): boolean => name.startsWith('JPEG') || at % thorough(6, 1) === 0

const rendered = async (source: string, recipe: Recipe): Promise<Buffer> =>
  Buffer.from((await renderPicture({ source, target: undefined, recipe })).content ?? '', 'base64')

/** @returns by output, how far a colour is off */
const measure = async ({ make, colours }: Row, withRenders: boolean): Promise<Record<string, number>> => {
  const folder = await temporaryFolder()
  const source = join(folder, 'source.png')
  const { targets, ...upload } = await jobFor(folder, await make())
  const job = { ...upload, targets: { ...targets, source } }
  const { sizes } = await encodePicture(job, { maxPixels: 1_000_000, background: '#00ff80' })
  expect(sizes.original).toMatchObject(SIZE)
  const cells: Record<string, number> = {}
  for (const size of SIZES) cells[size] = await offBy(size, await readFile(job.targets[size]), colours)
  if (withRenders)
    for (const [name, recipe] of Object.entries(RENDERS))
      cells[name] = await offBy(name, await rendered(job.targets.original, recipe), colours)
  const isTransparent = colours.some(([, , , alpha]) => alpha < 255)
  expect(sizes.source !== undefined).toBe(isTransparent)
  if (!isTransparent) return cells
  cells.source = await offByIn(await readFile(source), colours)
  if (withRenders)
    for (const [name, recipe] of Object.entries(TRANSPARENT))
      cells[name] = await offByIn(await rendered(source, recipeFrom(recipe, 'transparent_source', '#00ff80')), colours)
  return cells
}

describe('the colours of an upload are within 3 levels in every output', () => {
  afterAll(() => {
    const widest = Math.max(...matrix.map(([name]) => name.length))
    const lines = matrix.map(
      ([name, cells]) =>
        `${name.padEnd(widest)} ${OUTPUTS.map((output) => String(cells[output] ?? '').padStart(output.length)).join(' ')}`,
    )
    process.stdout.write(
      `\nlevels of 255 off, at most\n${' '.repeat(widest)} ${OUTPUTS.join(' ')}\n${lines.join('\n')}\n`,
    )
  })

  it.each(ROWS.map((row, at) => [row.name, row, at] as const))('%s', async (name, row, at) => {
    const cells = await measure(row, isRendered(row, at))
    matrix.push([name, cells])
    expect(Math.max(...Object.values(cells))).toBeLessThanOrEqual(MAX_LEVELS)
  })
})
