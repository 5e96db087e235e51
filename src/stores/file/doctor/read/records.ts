// Records of images that the newest list does not have any more, gathered from everything that is left.

import { z } from 'zod'
import { imagesOf } from '../../../../core/project/image-list.ts'
import { type ImageRecord, imageSchema } from '../../../../core/project/model.ts'
import type { Paths } from '../../paths.ts'
import { eachName, readText } from './files.ts'
import { readHistory } from './history.ts'
import { readPublished } from './meta-json.ts'

const runSchema = z.array(imageSchema)

/**
 * What is known of these images: from older revisions, segment files and meta.json, in the order of trust. Holds no more
 * than the records asked for and one document at a time.
 */
export const recordsOf = async (
  paths: Paths,
  projectId: string,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ImageRecord>> => {
  const known = new Map<string, ImageRecord>()
  const take = (images: readonly ImageRecord[]) => {
    for (const image of images) if (wanted.has(image.id) && !known.has(image.id)) known.set(image.id, image)
  }
  for (const { revision, misplaced } of (await readHistory(paths, projectId)).toReversed())
    take((revision ?? misplaced?.revision)?.state.images.tail ?? [])
  for await (const name of eachName(paths.segments(projectId))) {
    const look = await readText(paths.segment(projectId, name.replace(/\.json$/, '')))
    take((look.type === 'text' ? runSchema.safeParse(parsed(look.text)).data : undefined) ?? [])
  }
  const published = await readPublished(paths, projectId)
  take(published ? imagesOf(published.images) : [])
  return known
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
