// A picture: its placeholder and shape before its bytes, sharp on every screen.

import { thumbHashToDataURL } from 'thumbhash'
import type { ShownImage } from '../../client/index.ts'
import { tintype } from '../app/api.ts'

interface PictureProps {
  image: ShownImage
  /** Width on the page, as `sizes` of `<img>`. */
  sizes: string
  /** True for a picture that is seen at once. @default false */
  isFirst?: boolean
  /** @default that of the image */
  alt?: string
}

export const Picture = ({ image, sizes, isFirst = false, alt }: PictureProps) => {
  const options = { sizes, alt, loading: isFirst ? ('eager' as const) : ('lazy' as const) }
  const { placeholder, color, alt: text, ...attributes } = tintype.imgAttributes(image, options)
  const style = {
    backgroundColor: color ?? '',
    backgroundImage: placeholder ? `url(${dataUrlOf(placeholder)})` : '',
  }
  return <img {...attributes} alt={text} class="picture" style={style} draggable={false} onLoad={removePlaceholder} />
}

/** Transparent pictures would show it. */
const removePlaceholder = ({ currentTarget: { style } }: { currentTarget: HTMLImageElement }): void => {
  style.background = 'none'
}

const decoded = new Map<string, string>()

/** @param hash ThumbHash in base64 */
const dataUrlOf = (hash: string): string => {
  const known = decoded.get(hash)
  if (known !== undefined) return known
  const url = thumbHashToDataURL(Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0)))
  if (decoded.size > 2000) decoded.clear()
  decoded.set(hash, url)
  return url
}
