import { describe, expect, it } from 'vitest'
import { imgAttributesOf, type ShownImage } from '../../src/client/img-attributes.ts'

const at = '/media/projects/demo/images/4f0z6k1m9q2w8e5r7t3y'

const filesOf = (size: string) => ({
  avif: `${at}/${size}.avif`,
  webp: `${at}/${size}.webp`,
  png: `${at}/${size}.png`,
  jpg: `${at}/${size}.jpg`,
})

const IMAGE: ShownImage = {
  urls: {
    original: `${at}?size=original`,
    medium: `${at}?size=medium`,
    thumb: `${at}?size=thumb`,
    game: `${at}?size=game`,
  },
  files: { original: filesOf('original'), medium: filesOf('medium'), thumb: filesOf('thumb'), game: filesOf('game') },
  sizes: {
    original: { width: 2400, height: 1800, bytes: 1 },
    medium: { width: 1600, height: 1200, bytes: 1 },
    thumb: { width: 400, height: 300, bytes: 1 },
    game: { width: 50, height: 50, bytes: 1 },
  },
  srcset: `${at}?size=thumb 400w, ${at}/render?preset=wide&v=0.3,0.6_1f 800w, ${at}?size=medium 1600w`,
  placeholder: '1DgGDoILwErCm5rIrIpnWomdCMOqYKs=',
  color: '#5c6f83',
  alt: null,
}

describe('attributes', () => {
  it('are those of the answer on a page of the same origin', () => {
    expect(imgAttributesOf(IMAGE, { sizes: '300px' }, '')).toEqual({
      src: `${at}?size=medium`,
      srcset: IMAGE.srcset,
      sizes: '300px',
      ...{ width: 1600, height: 1200, alt: '', loading: 'lazy', decoding: 'async' },
      ...{ placeholder: IMAGE.placeholder, color: IMAGE.color },
    })
  })

  it('have absolute URLs on other pages, also of presets with commas', () => {
    const origin = 'https://pictures.example'
    const { src, srcset, sizes } = imgAttributesOf(IMAGE, {}, origin)
    expect(src).toBe(`${origin}${at}?size=medium`)
    expect(srcset.split(', ').map((each) => each.split(' '))).toEqual([
      [`${origin}${at}?size=thumb`, '400w'],
      [`${origin}${at}/render?preset=wide&v=0.3,0.6_1f`, '800w'],
      [`${origin}${at}?size=medium`, '1600w'],
    ])
    expect(sizes).toBe('100vw')
  })

  it('say what the picture shows: the given text, its own, its title, its name', () => {
    const altOf = (image: Partial<ShownImage>, alt?: string) => imgAttributesOf({ ...IMAGE, ...image }, { alt }, '').alt
    expect(altOf({ alt: 'Boats', title: 'Harbour' }, 'Given')).toBe('Given')
    expect(altOf({ alt: 'Boats', title: 'Harbour' })).toBe('Boats')
    // Decoration.
    expect(altOf({ alt: '', title: 'Harbour' })).toBe('')
    expect(altOf({ title: 'Harbour', name: 'a.jpg' })).toBe('Harbour')
    expect(altOf({ title: null, name: 'a.jpg' })).toBe('a.jpg')
  })

  it('keep transparent pictures transparent, and take other formats', () => {
    const transparent = imgAttributesOf({ ...IMAGE, transparent: true }, {}, '')
    expect(transparent.src).toBe(`${at}/medium.webp`)
    expect(transparent.srcset).toBe(`${at}/thumb.webp 400w, ${at}/medium.webp 1600w`)
    const { src } = imgAttributesOf({ ...IMAGE, transparent: true }, { format: 'png' }, '')
    expect(src).toBe(`${at}/medium.png`)
    const small = { ...IMAGE.sizes, thumb: IMAGE.sizes.medium }
    expect(imgAttributesOf({ ...IMAGE, sizes: small }, { format: 'avif' }, 'https://a.example').srcset).toBe(
      `https://a.example${at}/medium.avif 1600w`,
    )
  })

  it('load at once where they are told', () => {
    expect(imgAttributesOf(IMAGE, { loading: 'eager' }, '').loading).toBe('eager')
  })
})
