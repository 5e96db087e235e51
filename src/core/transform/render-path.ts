// Paths of renders: `…/render`, and `…/render.webp`, whose extension decides the format.
//
// Both forms have one canonical form, which signatures cover: the path without the extension, the format as a parameter.

import { invalidParameter } from '../invalid-parameter.ts'
import type { Parameter } from '../parameters.ts'
import { isPercentEncoded } from '../text.ts'
import { FORMATS_BY_EXTENSION, type Format, formatOf } from './formats.ts'
import { parseTransform, TRANSFORM_PARAMETERS } from './parse-transform.ts'
import { transformParameters } from './transform.ts'

export interface RenderPath {
  /** Without the extension. */
  path: string
  /** Format of the extension, undefined without one. */
  format: Format | undefined
}

const RENDER = /^(.*\/render)(?:\.([a-z]+))?$/

/** Parses the path of a render. Undefined for other paths, and for unknown extensions. */
export const parseRenderPath = (path: string): RenderPath | undefined => {
  const [, base, extension] = RENDER.exec(path) ?? []
  if (base === undefined) return undefined
  if (extension === undefined) return { path: base, format: undefined }
  const format = FORMATS_BY_EXTENSION.get(extension)
  return format && { path: base, format }
}

const OF_SOURCE = /^\/projects\/([^/]+)\/source\/(.+)$/

/** Path of an object of a source, in the one form that signatures cover. */
export const sourcePath = (projectId: string, key: string): string =>
  `/projects/${projectId}/source/${key.split('/').map(encodeURIComponent).join('/')}`

/** Another form of {@link sourcePath} in that form: its escapes may be other ones. Undefined for other paths. */
export const plainSourcePath = (path: string): string | undefined => {
  const [, projectId, key] = OF_SOURCE.exec(path) ?? []
  if (projectId === undefined || key === undefined || !isPercentEncoded(key)) return undefined
  return sourcePath(projectId, decodeURIComponent(key))
}

/** True for parameters of a transform, in a URL where they are optional: `format` alone is that of a stored variant. */
export const isTransformed = (names: Iterable<string>): boolean =>
  [...names].some((name) => name === 'preset' || (name !== 'format' && TRANSFORM_PARAMETERS.includes(name)))

/**
 * {@link parseRenderPath} of any picture: the path of an object says nothing, since its key can end in any way.
 *
 * @param names of the parameters
 */
export const renderPathOf = (path: string, names: Iterable<string>): RenderPath | undefined => {
  if (!OF_SOURCE.test(path)) return parseRenderPath(path)
  return isTransformed(names) ? { path, format: undefined } : undefined
}

/**
 * Adds the format of an extension to the parameters of a transform.
 *
 * @throws TintypeError `invalid_parameter` where they name another format
 */
export const withFormatOf = (
  { format }: Pick<RenderPath, 'format'>,
  parameters: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  if (format === undefined) return parameters
  const named = parameters.get('format')
  if (named !== undefined && formatOf(named) !== format)
    throw invalidParameter('format', `${format} as the extension of the path, or no format`, named)
  return new Map([...parameters, ['format', format]])
}

/** Canonical parameters of a preset; its own format is replaced by that of an extension. */
export const presetParameters = ({ format }: Pick<RenderPath, 'format'>, preset: string): Parameter[] => [
  ['preset', preset],
  ...(format === undefined ? [] : ([['format', format]] as const)),
]

/**
 * Canonical parameters of a render: equivalent URLs have one signature.
 *
 * @param parameters as received, without those of a signature
 * @throws TintypeError `invalid_parameter`
 */
export const canonicalParameters = (path: RenderPath, parameters: ReadonlyMap<string, string>): Parameter[] => {
  const preset = parameters.get('preset')
  if (preset === undefined) return transformParameters(parseTransform(withFormatOf(path, parameters)))
  return [...[...parameters].filter(([name]) => name !== 'preset'), ...presetParameters(path, preset)]
}
