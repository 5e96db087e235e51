// Local files of the cells of a page, for an encoder: stored variants, and renders of transparent pictures and presets.

import { writeFile } from 'node:fs/promises'
import type { PageFormat } from '../../core/atlas/formats.ts'
import type { AtlasSize } from '../../core/atlas/size.ts'
import { type Recipe, recipeAt, sizeRecipe, transformRecipe } from '../../core/transform/recipe.ts'
import type { DrawCell } from '../../image/encoder.ts'
import type { Store, VariantReference } from '../../stores/store.ts'
import { readWhole } from '../images/read-whole.ts'
import type { Renders } from '../images/renders.ts'
import type { PlannedFrame } from './plan.ts'

export interface CellsOptions {
  store: Pick<Store, 'withLocalFile' | 'focalPoint'>
  renders: Pick<Renders, 'find'>
}

/** Files and renders that are opened at once. */
const AT_ONCE = 16

/**
 * Gives `use` the cells of frames, with files that stay for as long as it runs.
 *
 * @param sheet path for a new file of renders; the caller removes it
 * @throws TintypeError `image_not_found` where an image was deleted; errors of renders, of the disk and of `use`
 */
export const withCells = async <Result>(
  { store, renders }: CellsOptions,
  { frames, size, format, sheet, signal }: CellsRequest,
  use: (cells: DrawCell[]) => Promise<Result>,
): Promise<Result> => {
  const cells: DrawCell[] = []
  const borrowed: (() => void)[] = []
  const rendered: { frame: PlannedFrame; content: Buffer }[] = []

  const render = async (frame: PlannedFrame): Promise<void> => {
    const recipe = await recipeOf(store, frame, size, format)
    const content = await (await renders.find(frame.project, frame.image.id, recipe)).open(signal)
    rendered.push({ frame, content: Buffer.isBuffer(content) ? content : await readWhole(content) })
  }

  const borrow = async (frame: PlannedFrame): Promise<void> => {
    const { path, release } = await borrowFile(store, referenceTo(frame, size))
    borrowed.push(release)
    cells.push({ ...placeOf(frame), path })
  }

  try {
    const take = (frame: PlannedFrame) => (isStored(frame, size, format) ? borrow(frame) : render(frame))
    await eachOf(frames, take)
    if (rendered.length > 0) {
      let start = 0
      await writeFile(sheet, Buffer.concat(rendered.map(({ content }) => content)), { flag: 'wx' })
      for (const { frame, content } of rendered) {
        cells.push({ ...placeOf(frame), path: sheet, start, bytes: content.length })
        start += content.length
      }
    }
    return await use(cells)
  } finally {
    for (const release of borrowed) release()
  }
}

export interface CellsRequest {
  frames: readonly PlannedFrame[]
  size: AtlasSize
  format: PageFormat
  sheet: string
  signal: AbortSignal
}

/** Stored variants have no transparent pixels. */
const isStored = ({ image }: PlannedFrame, { preset }: AtlasSize, format: PageFormat): boolean =>
  preset === undefined && (image.transparent !== true || format === 'jpeg')

const referenceTo = ({ project, image }: PlannedFrame, { name }: AtlasSize): VariantReference => ({
  projectId: project.project_id,
  imageId: image.id,
  size: name === 'thumb' ? 'thumb' : 'game',
})

/** PNG, so that nothing is lost before the page is encoded. */
const recipeOf = async (
  store: Pick<Store, 'focalPoint'>,
  { project, image }: PlannedFrame,
  { name, preset }: AtlasSize,
  format: PageFormat,
): Promise<Recipe> => {
  if (!preset) return sizeRecipe(name === 'thumb' ? 'thumb' : 'game', 'png')
  const recipe = transformRecipe({ ...preset, format: format === 'jpeg' ? 'jpeg' : 'png', quality: undefined }, 'png')
  return recipeAt(recipe, (await store.focalPoint(project, image.id)) ?? null)
}

const placeOf = ({ x, y, width, height }: PlannedFrame) => ({ x, y, width, height })

const borrowFile = (store: CellsOptions['store'], variant: VariantReference) =>
  new Promise<{ path: string; release: () => void }>((resolve, reject) => {
    store.withLocalFile(variant, (path) => new Promise<void>((release) => resolve({ path, release }))).catch(reject)
  })

const eachOf = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  const rest = items[Symbol.iterator]()
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const item of rest) await work(item)
  })
  const [failed] = (await Promise.allSettled(workers)).flatMap((each) =>
    each.status === 'rejected' ? [each.reason] : [],
  )
  if (failed !== undefined) throw failed
}
