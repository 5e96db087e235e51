// The images of a project in order, as a list of runs that share what does not change between revisions.
//
// One document with all images made every change cost as much as the project is long (at 10,000 images a revision is
// 7 MB). So all but the newest images lie in sealed runs, which are stored once and only named by later revisions.

import type { ImageRecord } from './model.ts'

/** Images in a sealed run. Up to this many are written with each revision: about 100 KB. */
export const RUN_LENGTH = 128

export interface Run {
  /** Undefined where the run is not loaded: its `count` is known, its images are not. */
  images: readonly ImageRecord[] | undefined
  count: number
  /** Where the store keeps it, undefined until it was written. */
  stored?: { id: string; sha256: string; bytes: number }
}

export interface ImageList {
  /** Sealed: a change makes a new run, never alters one. */
  runs: readonly Run[]
  /** The newest images, fewer than {@link RUN_LENGTH}. */
  tail: readonly ImageRecord[]
}

export const listOf = (images: readonly ImageRecord[]): ImageList => {
  const sealed = images.length - (images.length % RUN_LENGTH)
  const runs: Run[] = []
  for (let at = 0; at < sealed; at += RUN_LENGTH) runs.push(runOf(images.slice(at, at + RUN_LENGTH)))
  return { runs, tail: images.slice(sealed) }
}

/** Works on a list whose runs are not loaded. */
export const appendImage = (list: ImageList, image: ImageRecord): ImageList => {
  const tail = [...list.tail, image]
  return tail.length < RUN_LENGTH ? { runs: list.runs, tail } : { runs: [...list.runs, runOf(tail)], tail: [] }
}

export const removeImage = (list: ImageList, id: string): ImageList => {
  const without = (images: readonly ImageRecord[]) => images.filter((image) => image.id !== id)
  const at = list.runs.findIndex((run) => loaded(run).some((image) => image.id === id))
  const run = list.runs[at]
  if (!run) return { runs: list.runs, tail: without(list.tail) }
  const images = without(loaded(run))
  // A run that became short is joined with its neighbours, or deleting would leave a long list of tiny runs.
  let [first, last, count] = [at, at, images.length]
  const fits = (neighbour: Run | undefined) => neighbour !== undefined && count + neighbour.count <= RUN_LENGTH / 2
  for (; fits(list.runs[first - 1]); first--) count += list.runs[first - 1]?.count ?? 0
  for (; fits(list.runs[last + 1]); last++) count += list.runs[last + 1]?.count ?? 0
  const joined = [
    ...list.runs.slice(first, at).flatMap(loaded),
    ...images,
    ...list.runs.slice(at + 1, last + 1).flatMap(loaded),
  ]
  return { ...list, runs: list.runs.toSpliced(first, last - first + 1, ...(joined.length > 0 ? [runOf(joined)] : [])) }
}

/** One image's record in place of the one under the same id. Other runs than its own stay as they are. */
export const replaceImage = (list: ImageList, image: ImageRecord): ImageList => {
  const replaced = (images: readonly ImageRecord[]) => images.map((each) => (each.id === image.id ? image : each))
  const isIn = (images: readonly ImageRecord[]) => images.some(({ id }) => id === image.id)
  if (isIn(list.tail)) return { ...list, tail: replaced(list.tail) }
  return { ...list, runs: list.runs.map((run) => (isIn(loaded(run)) ? runOf(replaced(loaded(run))) : run)) }
}

export const findImage = (list: ImageList, id: string): ImageRecord | undefined => {
  for (const images of newestFirst(list)) {
    const found = images.find((image) => image.id === id)
    if (found) return found
  }
  return undefined
}

/** The image after this one, the first where it is the last, undefined where it is the only one. */
export const neighbourOf = (list: ImageList, id: string): ImageRecord | undefined => {
  const images = imagesOf(list)
  const next = images[images.findIndex((image) => image.id === id) + 1] ?? images[0]
  return next?.id === id ? undefined : next
}

/** All images in order. */
export const imagesOf = (list: ImageList): ImageRecord[] => [...list.runs.flatMap((run) => loaded(run)), ...list.tail]

const runOf = (images: readonly ImageRecord[]): Run => ({ images, count: images.length })

const loaded = (run: Run): readonly ImageRecord[] => {
  if (!run.images) throw new Error('the run is not loaded')
  return run.images
}

const newestFirst = (list: ImageList): (readonly ImageRecord[])[] => [list.tail, ...list.runs.map(loaded).reverse()]
