import { describe, expect, it } from 'vitest'
import { createToneMap, linearOfHlg, linearOfPq } from '../../../../src/image/codecs/colour/tone-map.ts'

const map = createToneMap({ toBt2020: undefined, isScene: false })

const mapped = (...light: [number, number, number]): number[] => {
  const channels = Float64Array.from(light)
  map(channels)
  return [...channels]
}

describe('the tone map of HDR', () => {
  it('knows the curves of BT.2100', () => {
    // 58 % of PQ are white, 203 cd/m²; 75 % of HLG are white, 26 % of its light.
    expect(linearOfPq(0.5807)).toBeCloseTo(1, 2)
    expect(linearOfPq(0)).toBe(0)
    expect(linearOfPq(1) * 203).toBeCloseTo(10_000, 3)
    expect(linearOfHlg(0.75)).toBeCloseTo(0.265, 3)
    expect(linearOfHlg(1)).toBeCloseTo(1, 3)
  })

  it('halves light up to white, and brings highlights of 1000 cd/m² to the end of the range', () => {
    expect(mapped(0.2, 0.2, 0.2)).toEqual([0.1, 0.1, 0.1])
    expect(mapped(1, 1, 1)).toEqual([0.5, 0.5, 0.5])
    const peak = 1000 / 203
    for (const value of mapped(peak, peak, peak)) expect(value).toBeCloseTo(1, 6)
    expect(Math.max(...mapped(40, 40, 40))).toBeCloseTo(1, 6)
  })

  it('rises everywhere, and keeps the ratio of the channels', () => {
    let before = 0
    for (let light = 0.05; light < 4.9; light += 0.05) {
      const [red = 0, green = 0] = mapped(light, light / 4, 0)
      expect(red).toBeGreaterThan(before)
      expect(red / green).toBeCloseTo(4, 6)
      before = red
    }
  })

  it('adds the contrast of a display to the scene light of HLG', () => {
    const scene = createToneMap({ toBt2020: undefined, isScene: true })
    const white = Float64Array.of(1, 1, 1)
    scene(white)
    expect(white[0]).toBeCloseTo(1, 3)
    const black = new Float64Array(3)
    scene(black)
    expect([...black]).toEqual([0, 0, 0])
  })
})
