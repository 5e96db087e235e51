// Finds the HEVC pictures that a picture of a HEIC file is put together from (ISO/IEC 23008-12 section 6.6).

import { unsupportedLayout } from '../unsupported.ts'
import { failDamaged } from './boxes.ts'
import { readGrid, sourcesOf } from './derived.ts'
import type { Item, Meta, Property } from './meta.ts'
import { coloursIn, type Nclx, sizeOf } from './primary-item.ts'

export interface CodedPicture {
  width: number
  height: number
  tiles: CodedTile[]
  /** In the order in which they apply. */
  properties: readonly Property[]
  /** How its colours are coded; undefined where the HEVC data say it. */
  nclx: Nclx | undefined
}

/** An HEVC picture. It may reach over the right and lower edge of the whole. */
export interface CodedTile {
  item: Item
  left: number
  top: number
  width: number
  height: number
}

/** Properties that are applied, or that a picture can be shown without: thumbnails, texts, volumes of HDR displays. */
const KNOWN_PROPERTIES = [
  'ispe',
  'hvcC',
  'colr',
  'irot',
  'imir',
  'clap',
  'pixi',
  'auxC',
  'pasp',
  'rloc',
  'lsel',
].concat(['clli', 'mdcv', 'cclv', 'amve', 'ndwt', 'reve', 'udes', 'altt', 'crtt', 'mdft', 'subs'])

/**
 * @param id of a picture whose dimensions have been checked, with those of all pictures that it is derived from
 * @throws TintypeError `unsupported_image_layout`, `damaged_image`
 */
export const codedPictureOf = (meta: Meta, id: number): CodedPicture => {
  const item = meta.items.get(id) ?? failDamaged('a picture does not exist')
  assertKnown(item.properties)
  const size = sizeOf(item)
  const sources = sourcesOf(meta).get(id) ?? []
  const { nclx } = coloursIn(item)
  switch (item.type) {
    case 'hvc1':
      return { ...size, tiles: [{ item, left: 0, top: 0, ...size }], properties: item.properties, nclx }
    case 'grid': {
      const tiles = gridTiles(meta, item.id, sources)
      return { ...size, tiles, properties: item.properties, nclx: nclx ?? coloursIn(tiles[0]?.item ?? item).nclx }
    }
    case 'iden': {
      const source = codedPictureOf(meta, sources[0] ?? failDamaged('a picture is made from none'))
      return { ...source, properties: [...source.properties, ...item.properties], nclx: nclx ?? source.nclx }
    }
    default:
      throw unsupportedPicture(item.type)
  }
}

const gridTiles = (meta: Meta, id: number, sources: readonly number[]): CodedTile[] => {
  const { columns } = readGrid(meta, id)
  return sources.map((source, index) => {
    const item = meta.items.get(source) ?? failDamaged('a tile does not exist')
    if (item.type !== 'hvc1') throw unsupportedPicture(`a grid of ${item.type}`)
    assertKnown(item.properties)
    const size = sizeOf(item)
    return { item, left: (index % columns) * size.width, top: Math.floor(index / columns) * size.height, ...size }
  })
}

const assertKnown = (properties: readonly Property[]): void => {
  const unknown = properties.find(({ type, isEssential }) => isEssential && !KNOWN_PROPERTIES.includes(type))
  if (unknown)
    throw unsupportedLayout('The HEIC file', 'essential properties', `others (${unknown.type})`, ['of HEVC pictures'])
}

const unsupportedPicture = (type: string) =>
  unsupportedLayout('The HEIC file', 'a picture of type', type, ['hvc1', 'iden', 'a grid of hvc1'])
