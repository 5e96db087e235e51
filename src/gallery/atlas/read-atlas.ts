// The atlas of a project: its pages with their frames, row by row.

import { dataOf } from '../../client/index.ts'
import { base, tintype } from '../app/api.ts'
import { withSession } from '../app/session.ts'
import type { Frame } from './steps.ts'

export interface AtlasPage {
  /** URL of its picture. */
  url: string
  width: number
  height: number
  frames: Frame[]
}

export const ATLAS_SIZES = ['game', 'thumb'] as const
export type AtlasSize = (typeof ATLAS_SIZES)[number]

/** URL of the folder of the atlas, with a slash at the end. */
export const folderUrl = (projectId: string): string =>
  `${location.origin}${base}/projects/${encodeURIComponent(projectId)}/`

/** Pages with frames. */
export const readAtlas = async (project_id: string, size: AtlasSize): Promise<AtlasPage[]> => {
  // One of 4096 pixels, the default of `thumb`, takes 67 MB of a phone.
  const params = { path: { project_id }, query: { size, page: '2048', multi: 'true' } } as const
  const atlas = await withSession(() => dataOf(tintype.api.GET('/projects/{project_id}/atlas.json', { params })))
  if (!('textures' in atlas)) return []
  return atlas.textures
    .map(({ image, size: { w: width, h: height }, frames }) => ({
      ...{ url: new URL(image, folderUrl(project_id)).href, width, height },
      frames: frames.map(({ filename: name, frame }) => ({ name, ...frame })).sort((a, b) => a.y - b.y || a.x - b.x),
    }))
    .filter(({ frames }) => frames.length > 0)
}
