// Names of atlas pages in URLs: size, side, number, revision of the slots, hash of the content, signature, extension.
//
// The signature is a part of the path, because Pixi appends the query of the JSON to the URL of a page.

import { EXTENSIONS, FORMATS_BY_EXTENSION } from '../transform/formats.ts'
import { PAGE_FORMATS, PAGE_SIDES, type PageFormat, type PageSide } from './formats.ts'

export interface PageName {
  /** Of the atlas: `game`, `thumb` or a preset. */
  size: string
  side: PageSide
  /** Number of the page, from 0. */
  index: number
  /** Of the slot table; 0 without one. */
  revision: number
  hash: string
  format: PageFormat
}

export interface PageSignature {
  /** Seconds since 1970. */
  exp: string
  sig: string
}

/** Characters of a hash: 128 bits of base64url. */
export const HASH_LENGTH = 22

const NAME =
  /^([a-z0-9][a-z0-9_-]{0,31})\.(2048|4096)\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,14})\.([\w-]{22})(?:\.(\d{1,12})\.([\w-]{43}))?\.(webp|png|jpg)$/

export const pageNameText = (page: PageName, signature?: PageSignature): string => {
  const { size, side, index, revision, hash, format } = page
  const signed = signature ? `.${signature.exp}.${signature.sig}` : ''
  return `${size}.${side}.${index}.${revision}.${hash}${signed}.${EXTENSIONS[format]}`
}

/** Undefined where it is no name of a page. */
export const parsePageName = (text: string): { page: PageName; signature: PageSignature | undefined } | undefined => {
  const [, size = '', side, index, revision, hash = '', exp, sig, extension = ''] = NAME.exec(text) ?? []
  const format = PAGE_FORMATS.find((each) => each === FORMATS_BY_EXTENSION.get(extension))
  const pageSide = PAGE_SIDES.find((each) => String(each) === side)
  if (!format || !pageSide) return undefined
  return {
    page: { size, side: pageSide, index: Number(index), revision: Number(revision), hash, format },
    signature: exp === undefined || sig === undefined ? undefined : { exp, sig },
  }
}
