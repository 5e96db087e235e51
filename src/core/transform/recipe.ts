// Recipes of renders: a transform, or a variant in another format than JPEG.

import { createHash } from 'node:crypto'
import type { Size } from '../names.ts'
import { EXTENSIONS, type Format } from './formats.ts'
import { type Transform, transformParameters, withFormat } from './transform.ts'

export type Recipe =
  | { kind: 'size'; size: Size; format: Format }
  | { kind: 'transform'; transform: Transform & { format: Format } }

/** Version of the rendering: a new number invalidates every cached render. */
const EDITION = 2

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

const nameOf = (recipe: Recipe): string => {
  const text =
    recipe.kind === 'size'
      ? `size=${recipe.size}`
      : new URLSearchParams(transformParameters(recipe.transform)).toString()
  const hash = createHash('sha256').update(`${EDITION}\n${recipe.kind}\n${text}`).digest('hex').slice(0, 32)
  return `${hash}.${EXTENSIONS[formatOfRecipe(recipe)]}`
}
