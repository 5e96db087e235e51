// Views of atlases: the JSON hash that Phaser and Pixi read, and the multiatlas of Phaser.

import type { PageFormat } from '../../core/atlas/formats.ts'
import { type PageSignature, pageNameText } from '../../core/atlas/page-name.ts'
import type { AtlasPlan, PlannedFrame, PlannedPage } from '../../services/atlases/plan.ts'
import type { AtlasView, MultiAtlasView } from '../schemas/atlases/atlases.ts'
import { unknownPage } from './send-page.ts'

interface AtlasViewOptions {
  format: PageFormat
  /** URL of the folder of the pages, relative to that of the document: `atlas/`, or empty. */
  folder: string
  /** Signs the name of a page. @default it is not signed */
  sign?(name: string): PageSignature
}

const META = {
  app: 'tintype',
  version: '1.0',
  format: 'RGBA8888',
  scale: '1',
} as const

/**
 * The document of a page, or of all of them.
 *
 * @throws TintypeError `page_not_found`
 */
export const documentOf = (plan: AtlasPlan, index: number, isMulti: boolean, options: AtlasViewOptions) => {
  const page = plan.pages[index]
  if (!page) throw unknownPage()
  return isMulti ? multiAtlasView(plan, options) : atlasView(plan, page, options)
}

const atlasView = (plan: AtlasPlan, page: PlannedPage, options: AtlasViewOptions): AtlasView => {
  // An assignment would lose the name `__proto__`.
  const frames = Object.fromEntries(page.frames.map((frame) => [frame.name, frameView(frame)]))
  const others = page.index === 0 ? plan.pages.slice(1).map((other) => `${options.folder}${other.index}.json`) : []
  return {
    frames,
    meta: {
      ...META,
      revision: plan.revision,
      image: imageOf(plan, page, options),
      size: { w: page.width, h: page.height },
      pages: plan.pages.length,
      ...(others.length > 0 ? { related_multi_packs: others } : {}),
    },
  }
}

const multiAtlasView = (plan: AtlasPlan, options: AtlasViewOptions): MultiAtlasView => ({
  textures: plan.pages.map((page) => ({
    image: imageOf(plan, page, options),
    format: META.format,
    size: { w: page.width, h: page.height },
    scale: 1,
    frames: page.frames.map((frame) => ({ filename: frame.name, ...frameView(frame) })),
  })),
  meta: { ...META, revision: plan.revision },
})

const frameView = ({ x, y, width, height }: PlannedFrame) => ({
  frame: { x, y, w: width, h: height },
  rotated: false as const,
  trimmed: false as const,
  spriteSourceSize: { x: 0, y: 0, w: width, h: height },
  sourceSize: { w: width, h: height },
})

const imageOf = (plan: AtlasPlan, page: PlannedPage, { format, folder, sign }: AtlasViewOptions): string => {
  const { size, side, revision } = plan
  const name = { size: size.name, side, index: page.index, revision, hash: page.hash, format }
  return `${folder}${pageNameText(name, sign?.(pageNameText(name)))}`
}
