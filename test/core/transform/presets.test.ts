// Presets: named transforms that need no signature.

import { describe, expect, it } from 'vitest'
import { parsePresets, readPresets } from '../../../src/core/transform/presets.ts'
import { parseTransform } from '../../../src/core/transform/transform.ts'

describe('presets', () => {
  it('are transforms by name, with points among their values', () => {
    const presets = parsePresets('card:w=320,h=180,fit=cover; hero : w=1600 , h=900, position=0.3,0.6 ,format=auto;')
    expect([...presets.keys()]).toEqual(['card', 'hero'])
    expect(presets.get('card')).toEqual(
      parseTransform(
        new Map([
          ['w', '320'],
          ['h', '180'],
        ]),
      ),
    )
    expect(presets.get('hero')).toMatchObject({ width: 1600, position: { x: 0.3, y: 0.6 }, format: 'auto' })
    expect(parsePresets('').size).toBe(0)
  })

  it('report all their mistakes at once', () => {
    const { mistakes } = readPresets('card:w=0;no-colon;Bad Name:w=1;twice:w=1;twice:w=2;dbl:w=1,w=1;un:blur=3')
    expect(mistakes).toHaveLength(6)
    expect(mistakes[0]).toContain('"card"')
    expect(mistakes.join()).toContain('two of this name')
    expect(() => parsePresets('card:w=0;un:blur=3')).toThrow(/card.*\n.*un/)
  })
})
