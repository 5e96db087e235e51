// An `<img>` tag as text, for the pages of others.

import type { ImgAttributes } from '../../client/index.ts'

/** @param origin that its URLs begin with */
export const imgTag = ({ src, srcset, sizes, width, height, alt, loading }: ImgAttributes, origin: string): string => {
  const attributes = {
    src: absolute(src, origin),
    srcset: srcset
      .split(', ')
      .map((candidate) => absolute(candidate, origin))
      .join(', '),
    ...{ sizes, width, height, alt, loading },
  }
  const text = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return `<img ${text.join(' ')}>`
}

const absolute = (url: string, origin: string): string => (url.startsWith('/') ? origin + url : url)

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
