// Attributes of <img>: sharp on every screen, with the shape of the picture known before its first byte.

import type { components } from './schema.ts'

type Schemas = components['schemas']

/** An image of a list or an upload, or the cover of a project. */
export type ShownImage = Pick<
  Schemas['ListedImage'],
  'urls' | 'files' | 'sizes' | 'srcset' | 'placeholder' | 'color' | 'alt'
> &
  Partial<Pick<Schemas['ListedImage'], 'title' | 'name' | 'transparent'>>

export interface ImgOptions {
  /** Width of the picture on the page, as `sizes` of `<img>`: `300px`, `(max-width: 600px) 100vw, 50vw`. @default 100vw */
  sizes?: string | undefined
  /** Alternative text. @default that of the image, else its title or name */
  alt?: string | undefined
  /** `eager` for a picture that is seen at once. @default lazy */
  loading?: 'lazy' | 'eager' | undefined
  /**
   * Another format than JPEG, from the files of `thumb` and `medium`.
   *
   * @default webp for transparent images, which have a background in JPEG
   */
  format?: 'avif' | 'webp' | 'png' | 'jpg' | undefined
}

/** Attributes of the element, beside `placeholder` and `color`: `const { placeholder, color, ...attributes } = …`. */
export interface ImgAttributes {
  src: string
  srcset: string
  sizes: string
  /** Pixels of `medium`. With `height` the shape, for a page that does not jump. */
  width: number
  height: number
  alt: string
  loading: 'lazy' | 'eager'
  decoding: 'async'
  /** ThumbHash in base64, to show until the picture is there. Null for images of an early version. */
  placeholder: string | null
  /** Dominant colour, such as `#5c6f83`. Null for images of an early version. */
  color: string | null
}

/** @param origin where the URLs of answers begin; empty on a page of the same origin */
export const imgAttributesOf = (image: ShownImage, options: ImgOptions, origin: string): ImgAttributes => {
  const format = options.format ?? (image.transparent ? 'webp' : undefined)
  const { width, height } = image.sizes.medium
  return {
    src: origin + (format ? image.files.medium[format] : image.urls.medium),
    srcset: format ? srcsetOf(image, format, origin) : image.srcset.replace(/(^|, )\//g, `$1${origin}/`),
    sizes: options.sizes ?? '100vw',
    width,
    height,
    alt: options.alt ?? image.alt ?? (image.title || image.name || ''),
    loading: options.loading ?? 'lazy',
    decoding: 'async',
    placeholder: image.placeholder,
    color: image.color,
  }
}

const srcsetOf = ({ files, sizes }: ShownImage, format: NonNullable<ImgOptions['format']>, origin: string): string => {
  // A small picture has both in one size.
  const names = sizes.thumb.width < sizes.medium.width ? (['thumb', 'medium'] as const) : (['medium'] as const)
  return names.map((name) => `${origin}${files[name][format]} ${sizes[name].width}w`).join(', ')
}
