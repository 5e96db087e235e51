// Index of the images of projects by a name of theirs: that of an asset, or the URL of an object.
//
// The names in a sealed segment never change, so they are kept by the segment's id. A lookup in a state whose segments
// are all known reads nothing.

import { LRUCache } from 'lru-cache'
import { firstImage, type ImageList } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'

export interface ImageIndexOptions<Value> {
  store: Pick<Store, 'imageList'>
  /** Undefined for images without a name. */
  nameOf(image: ImageRecord): string | undefined
  valueIn(image: ImageRecord): Value
}

/** Each lookup answers null where the state has no such image. */
export interface ImageIndex<Value> {
  /** Undefined where the state is too old, and segments of its list were removed: read and authorize the project again. */
  find(project: ReadableState, name: string): Promise<Value | null | undefined>
  /** {@link ImageIndex.find} without a wait. Undefined says nothing. */
  findNow(project: ReadableState, name: string): Value | null | undefined
}

/** Limit of the names of all segments in memory, each of at most this many characters; longer ones count several times. */
const MAX_NAMES = 100_000
const NAME_LENGTH = 100

export const createImageIndex = <Value extends NonNullable<unknown>>(
  options: ImageIndexOptions<Value>,
): ImageIndex<Value> => {
  const { store, nameOf, valueIn } = options
  const segments = new LRUCache<string, ReadonlyMap<string, Value>>({ maxSize: MAX_NAMES, sizeCalculation: weightOf })
  /** Names that were found in a list. */
  const found = new WeakMap<ImageList, Map<string, Value>>()

  const findNow: ImageIndex<Value>['findNow'] = ({ project_id: projectId, images }, name) => {
    const known = found.get(images)?.get(name)
    if (known !== undefined) return known
    const image = images.tail.find((each) => nameOf(each) === name)
    let value = image && valueIn(image)
    for (let at = 0; value === undefined && at < images.segments.length; at++) {
      const segment = images.segments[at]
      const names = segment?.stored && segments.get(keyOf(projectId, segment.stored.id))
      if (!names) return undefined
      value = names.get(name)
    }
    if (value === undefined) return null
    const before = found.get(images) ?? new Map<string, Value>()
    found.set(images, before.set(name, value))
    return value
  }

  const learn = (projectId: string, list: ImageList): void => {
    for (const { images, stored } of list.segments)
      if (images && stored) segments.set(keyOf(projectId, stored.id), namesIn(images))
  }

  const namesIn = (images: readonly ImageRecord[]): ReadonlyMap<string, Value> =>
    new Map(
      images.flatMap((image) => {
        const name = nameOf(image)
        return name === undefined ? [] : [[name, valueIn(image)] as const]
      }),
    )

  return {
    findNow,

    async find(project, name) {
      const known = findNow(project, name)
      if (known !== undefined) return known
      const list = await store.imageList(project)
      if (!list) return undefined
      learn(project.project_id, list)
      const image = firstImage(list, (each) => nameOf(each) === name)
      return image ? valueIn(image) : null
    },
  }
}

const keyOf = (projectId: string, segmentId: string): string => `${projectId}/${segmentId}`

const weightOf = (names: ReadonlyMap<string, unknown>): number => {
  let weight = 1
  for (const name of names.keys()) weight += Math.ceil(name.length / NAME_LENGTH)
  return weight
}
