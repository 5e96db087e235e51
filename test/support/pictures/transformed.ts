// Transforms of originals in this process.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect } from 'vitest'
import { parseTransform } from '../../../src/core/transform/parse-transform.ts'
import { transformRecipe } from '../../../src/core/transform/recipe.ts'
import { renderPicture } from '../../../src/image/worker/render.ts'
import { temporaryFolder } from '../disk/folder.ts'

const recipeOf = (query: string) => transformRecipe(parseTransform(new Map(new URLSearchParams(query))), 'jpeg')

/** The file of a transform as JPEG, checked against its reported size. @param folder below a temporary one */
export const transformed = async (original: Buffer, query: string, folder = '') => {
  const home = join(await temporaryFolder(), folder)
  await mkdir(home, { recursive: true })
  const [source, target] = [join(home, 'original.jpg'), join(home, 'made.jpg')]
  await writeFile(source, original)
  const { width, height, bytes, content } = await renderPicture({ source, target, recipe: recipeOf(query) })
  const file = content === undefined ? await readFile(target) : Buffer.from(content, 'base64')
  expect(await sharp(file).metadata()).toMatchObject({ width, height })
  expect(bytes).toBe(file.length)
  return { file, width, height }
}
