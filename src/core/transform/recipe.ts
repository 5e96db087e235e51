// Recipes of renders: a transform, or a variant in another format than JPEG.

import { createHash } from 'node:crypto'
import type { Size } from '../names.ts'
import { EXTENSIONS, type Format } from './formats.ts'
import {
  isCentre,
  isFocal,
  type Point,
  pointText,
  type Transform,
  transformParameters,
  withFormat,
  withoutTransparency,
} from './transform.ts'

export type Recipe = { origin?: Origin } & (
  | { kind: 'size'; size: Size; format: Format }
  | { kind: 'transform'; transform: Transform & { format: Format } }
)

/**
 * The file that a render is made from: the JPEG original, or the lossless source, without or with transparent pixels.
 *
 * @default 'original'
 */
export type Origin = 'original' | 'opaque_source' | 'transparent_source'

/** Version of the rendering: a new number invalidates every cached render. */
const EDITION = 3

const sizes = new Map<string, Recipe>()

/** Recipe of a size in a format; one object for each. */
export const sizeRecipe = (size: Size, format: Format): Recipe => {
  const recipe: Recipe = sizes.get(`${size}.${format}`) ?? { kind: 'size', size, format }
  sizes.set(`${size}.${format}`, recipe)
  return recipe
}

/** Recipe of a transform. @param choice format where the transform has `auto` */
export const transformRecipe = (transform: Transform, choice: Format): Recipe => {
  const format = transform.format === 'auto' ? choice : transform.format
  return { kind: 'transform', transform: { ...withFormat(transform, format), format } }
}

/**
 * The recipe for an image with this focal point; the same object where it decides nothing, and for the same point as
 * before. The recipe itself is that of an image without one: a crop around the centre.
 *
 * @param point null without one
 */
export const recipeAt = (recipe: Recipe, point: Point | null): Recipe => {
  if (point === null || recipe.kind !== 'transform' || !isFocal(recipe.transform) || isCentre(point)) return recipe
  const last = focused.get(recipe)
  if (last && pointText(last.point) === pointText(point)) return last.recipe
  const at = { point, recipe: { ...recipe, transform: { ...recipe.transform, position: point } } }
  focused.set(recipe, at)
  return at.recipe
}

/** The recipe for the point of the last call: most belong to one image. */
const focused = new WeakMap<Recipe, { point: Point; recipe: Recipe }>()

/**
 * The recipe for an image with this origin, without values that do not matter to it; one object for each.
 *
 * @param background colour behind transparent pixels in JPEG files
 */
export const recipeFrom = (recipe: Recipe, origin: Origin, background: string): Recipe => {
  const key = `${origin} ${background}`
  const known = applied.get(recipe) ?? new Map<string, Recipe>()
  applied.set(recipe, known)
  const from = known.get(key) ?? { ...applyTo(recipe, origin, background), origin }
  known.set(key, from)
  return from
}

const applied = new WeakMap<Recipe, Map<string, Recipe>>()

const applyTo = (recipe: Recipe, origin: Origin, background: string): Recipe => {
  if (recipe.kind === 'size') return recipe
  const { transform } = recipe
  const { format } = transform
  if (origin !== 'transparent_source') return { ...recipe, transform: { ...withoutTransparency(transform), format } }
  return format === 'jpeg' && transform.background === undefined
    ? { ...recipe, transform: { ...transform, background } }
    : recipe
}

/** True where the render is the stored source itself: the original as PNG. */
export const isSource = (recipe: Recipe): boolean =>
  (recipe.origin ?? 'original') !== 'original' &&
  recipe.kind === 'size' &&
  recipe.size === 'original' &&
  recipe.format === 'png'

export const formatOfRecipe = (recipe: Recipe): Format =>
  recipe.kind === 'size' ? recipe.format : recipe.transform.format

/** File name of the render, equal for equivalent recipes: `<32 hex digits>.<extension>`. */
export const recipeName = (recipe: Recipe): string => {
  const known = names.get(recipe)
  if (known !== undefined) return known
  const name = nameOf(recipe)
  names.set(recipe, name)
  return name
}

const names = new WeakMap<Recipe, string>()

/** The centre is the position of crops without a focal point, and was the only default of earlier versions. */
const withShortPosition = (transform: Transform): Transform =>
  isFocal(transform) || isCentre(transform.position) ? { ...transform, position: undefined } : transform

const nameOf = (recipe: Recipe): string => {
  const text =
    recipe.kind === 'size'
      ? `size=${recipe.size}`
      : new URLSearchParams(transformParameters(withShortPosition(recipe.transform))).toString()
  const { origin = 'original' } = recipe
  // Earlier versions made renders of every image from its original.
  const from = origin === 'original' ? '' : `\n${origin}`
  const hash = createHash('sha256').update(`${EDITION}\n${recipe.kind}\n${text}${from}`).digest('hex').slice(0, 32)
  return `${hash}.${EXTENSIONS[formatOfRecipe(recipe)]}`
}
