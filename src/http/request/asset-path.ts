// Paths of assets below `/projects/{project_id}/assets/`: the name, its picture in a format, its render.

import { TintypeError } from '../../core/errors.ts'
import { invalidParameter } from '../../core/invalid-parameter.ts'
import { ASSET_NAME_RULE, isAssetName } from '../../core/names.ts'
import { clip } from '../../core/text.ts'
import { FORMATS_BY_EXTENSION, type Format, PICTURE_EXTENSIONS } from '../../core/transform/formats.ts'
import type { Context } from '../context.ts'

/** `path`: behind `assets/`, with plain slashes. */
export type AssetPath =
  | { kind: 'file'; path: string; name: string; format: Format }
  | { kind: 'render'; path: string; name: string; hasExtension: boolean }

const FILE = /^(.*)\.([a-z]+)$/
const RENDER = /^(.*)\/render(?:\.([a-z]+))?$/

/**
 * Parses the path of a picture of an asset. No asset has a name that ends by `/render`, so that the two kinds differ.
 *
 * @param path behind `assets/`, decoded
 * @returns undefined for an unknown extension, and for a name that is none
 */
export const parseAssetPath = (path: string): AssetPath | undefined => {
  const [, rendered, end] = RENDER.exec(path) ?? []
  if (rendered !== undefined) {
    const hasExtension = end !== undefined
    if (!isAssetName(rendered) || (hasExtension && !FORMATS_BY_EXTENSION.get(end))) return undefined
    return { kind: 'render', path, name: rendered, hasExtension }
  }
  const [, name, extension = ''] = FILE.exec(path) ?? []
  const format = FORMATS_BY_EXTENSION.get(extension)
  return name !== undefined && format && isAssetName(name) ? { kind: 'file', path, name, format } : undefined
}

/** The path behind `assets/`, decoded. */
const pathOf = (c: Context): string => c.req.param('name') ?? ''

/** @throws TintypeError `invalid_parameter` */
export const assetNameOf = (c: Context): string => {
  const name = pathOf(c)
  if (!isAssetName(name)) throw invalidParameter('name', ASSET_NAME_RULE, name)
  return name
}

/** @throws TintypeError `route_not_found` */
export const assetPathOf = (c: Context): AssetPath => {
  const path = parseAssetPath(pathOf(c))
  if (path) return path
  throw new TintypeError('route_not_found', `There is no picture "${clip(pathOf(c))}" of an asset.`, {
    details: { name: ASSET_NAME_RULE, extensions: PICTURE_EXTENSIONS },
  })
}
