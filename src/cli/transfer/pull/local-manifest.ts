// The manifest beside pulled files: as that of the server, with relative paths in place of URLs.

import type { Size } from '../../../core/names.ts'
import type { Format } from '../../../core/transform/formats.ts'
import type { WrittenFile } from '../target-folder.ts'
import type { ImageFile } from './remote-file.ts'

export const MANIFEST_LAYOUTS = ['files', 'pixi'] as const

export type ManifestLayout = (typeof MANIFEST_LAYOUTS)[number]

interface ManifestHead {
  /** Id of the project, or name of the collection. */
  name: string
  isCollection: boolean
  size: Size
  format: Format
  layout: ManifestLayout
}

/** Names in their order, so that the same files give the same text. The revision of the project is no part of it. */
export const localManifest = (
  { name: owner, isCollection, size, format, layout }: ManifestHead,
  files: ReadonlyMap<ImageFile, WrittenFile>,
): string => {
  const sorted = [...files].sort(([one], [other]) => (one.name < other.name ? -1 : 1))
  return `${JSON.stringify(layout === 'pixi' ? pixi() : plain(), null, 2)}\n`

  function pixi() {
    const assets = sorted.map(([{ name, path }]) => ({ alias: name, src: path }))
    return { bundles: [{ name: owner, assets }] }
  }

  function plain() {
    const entries = sorted.map(([{ name, path, width, height }, { bytes, sha256 }]) => {
      return [name, { file: path, width, height, bytes, sha256 }] as const
    })
    return { [isCollection ? 'collection' : 'project_id']: owner, size, format, files: Object.fromEntries(entries) }
  }
}
