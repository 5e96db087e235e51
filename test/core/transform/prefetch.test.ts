import { expect, it } from 'vitest'
import { parsePrefetch } from '../../../src/core/transform/prefetch.ts'
import { parsePresets } from '../../../src/core/transform/presets.ts'

const presets = parsePresets('card:w=320,h=180;hero:w=1600,format=auto')
const read = (text: string) =>
  parsePrefetch(text, presets).map((recipe) =>
    recipe.kind === 'size' ? `${recipe.size}.${recipe.format}` : `${recipe.transform.width} ${recipe.transform.format}`,
  )

it('names sizes in other formats than JPEG, and presets', () => {
  expect(read('')).toEqual([])
  expect(read('thumb.webp, medium.avif,card')).toEqual(['thumb.webp', 'medium.avif', '320 jpeg'])
  expect(read('game.png')).toEqual(['game.png'])
})

it('renders a preset with an automatic format in both formats that Accept can choose', () => {
  expect(read('hero')).toEqual(['1600 avif', '1600 webp'])
})

it.each(['thumb.jpg', 'thumb', 'huge.webp', 'thumb.gif', 'thumb.webp.webp', 'Card', '.webp'])(
  'refuses "%s" and lists the accepted names',
  (text) => {
    expect(() => parsePrefetch(`card,${text}`, presets)).toThrow(
      `prefetch: expected sizes such as thumb.webp or medium.avif, or presets (card, hero), received "${text}".`,
    )
  },
)

it('refuses a preset of a server without any, and says so', () => {
  expect(() => parsePrefetch('card', new Map())).toThrow(
    'prefetch: expected sizes such as thumb.webp or medium.avif (there are no presets), received "card".',
  )
})
