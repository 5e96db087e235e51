// Parameters of atlas requests.

import type { PageFormat, PageSide } from '../../core/atlas/formats.ts'
import { type AtlasSize, atlasSizeOf } from '../../core/atlas/size.ts'
import type { Presets } from '../../core/transform/presets.ts'
import type { Context } from '../context.ts'
import { unknownPage } from '../response/send-page.ts'
import { atlasSizeSchema, multiSchema, pageFormatSchema, pageSideSchema } from '../schemas/atlases/atlases.ts'
import { queryOf, requireKnown } from './params.ts'

export interface AtlasRequest {
  size: AtlasSize
  format: PageFormat
  side: PageSide
  /** True for all pages in one document. */
  isMulti: boolean
}

/**
 * @param others parameters of the route beside those of every atlas
 * @throws TintypeError `invalid_parameter`
 */
export const atlasRequestOf = (c: Context, presets: Presets, others: readonly string[]): AtlasRequest => {
  requireKnown(c, ['size', 'format', 'page', 'multi', ...others])
  const size = atlasSizeOf(queryOf(c, 'size', atlasSizeSchema) ?? 'game', presets)
  return {
    size,
    format: queryOf(c, 'format', pageFormatSchema) ?? 'webp',
    side: queryOf(c, 'page', pageSideSchema) ?? size.side,
    isMulti: queryOf(c, 'multi', multiSchema) ?? false,
  }
}

/** Number of a page in a path. @throws TintypeError `page_not_found` */
export const indexOf = (c: Context): number => {
  const [, digits] = /^(0|[1-9]\d{0,3})\.json$/.exec(c.req.param('file') ?? '') ?? []
  if (digits === undefined) throw unknownPage()
  return Number(digits)
}
