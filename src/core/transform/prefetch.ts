// Prefetching: recipes that are rendered for each new image before any request.

import { invalidParameter } from '../invalid-parameter.ts'
import { isSize } from '../names.ts'
import { partsOf } from '../text.ts'
import { formatOf } from './formats.ts'
import type { Presets } from './presets.ts'
import { type Recipe, sizeRecipe, transformRecipe } from './recipe.ts'

/** Formats that `auto` chooses between for clients that accept more than JPEG. */
const CHOSEN = ['avif', 'webp'] as const

/**
 * Parses `thumb.webp,medium.avif,card`: variants in other formats than JPEG, and presets. A preset with `format=auto` is
 * rendered as AVIF and as WebP.
 *
 * @throws TintypeError `invalid_parameter`
 */
export const parsePrefetch = (text: string, presets: Presets): Recipe[] => {
  return partsOf(text, ',').flatMap((name) => recipesOf(name, presets))
}

/** Describes the accepted values. */
export const prefetchable = (presets: Presets): string =>
  presets.size === 0
    ? 'sizes such as thumb.webp or medium.avif (there are no presets)'
    : `sizes such as thumb.webp or medium.avif, or presets (${[...presets.keys()].join(', ')})`

const recipesOf = (name: string, presets: Presets): Recipe[] => {
  const preset = presets.get(name)
  if (preset) {
    const formats = preset.format === 'auto' ? CHOSEN : [preset.format]
    return formats.map((format) => transformRecipe(preset, format))
  }
  const [size = '', extension = '', ...more] = name.split('.')
  const format = formatOf(extension)
  if (isSize(size) && format !== undefined && format !== 'jpeg' && more.length === 0) return [sizeRecipe(size, format)]
  throw invalidParameter('prefetch', prefetchable(presets), name)
}
