// HEVC pictures of 64×64, made for these tests with x265, and HEIC files around them. Encoders of HEVC are in no package
// that the project has.

import { box, type NewItem } from '../../../src/image/codecs/isobmff/writer.ts'
import { heifFile, ispe } from './heif.ts'

/**
 * Squares of 24 pixels in the corners: red (200,40,40) top left, green (40,180,60) top right, blue (40,60,200) bottom left,
 * yellow (230,200,40) bottom right; grey 128 between them. `mask` is grey: black on the left, white on the right.
 */
const PICTURES = {
  colour: {
    hvcC: 'AQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQA==',
    data: 'AAAAWSgBrwngFWs//uL//5+eQ5zvGXKDynDzpdv++tm/b7qVHyw2/3wTz/Zf29IJJH9MR/6HrtTr5dsG4ABewAK7//1699V/uSQgBdUr+8Fw8+9//rMuwRiYSr1Y',
  },
  colour10: {
    hvcC: 'AQQIAAAAAAAAAAAAHvAA/P36+gAADwMgAAEAF0ABDAH//wQIAAADAJ24AAADAAAeugJAIQABACpCAQEECAAAAwCduAAAAwAAHqAggQTZbqSSmubgQEDAgAAAAwCAAAADAIQiAAEAB0QBwXKwIkA=',
    data: 'AAAAYigBrwngixookDn4K//yWt/7uuh7Nzb3KDyurTqev/EVm/b7qVHyw3xPwkr/czG9IJJH9MZ/33u8ovougG4AAAMAACI//+9XvsS9zoaAUwzitl3wRT8A7OVvm00MdeBpEXzP',
  },
  colour12: {
    hvcC: 'AQQIAAAAAAAAAAAAHvAA/P38/AAADwMgAAEAF0ABDAH//wQIAAADAJm4AAADAAAeugJAIQABACtCAQEECAAAAwCZuAAAAwAAHqAggQRSlupJKa5uBAQMCAAAAwAIAAADAAhAIgABAAdEAcFysCJA',
    data: 'AAAAYSgBrwngRwH4w690//O9P/x7aHuylvcoPLcOOs9/8qGb9vupUfLDiePDFX+Bt70gkkf0xn/rjvECvqdUG4ABewAK7//4avfcB7o8IAXVPbIE7VDY/P/GF5bVpQJDH2ZpD4A=',
  },
  mask: {
    hvcC: 'AQQIAAAAAAAAAAAAHvAA/Pz4+AAADwMgAAEAF0ABDAH//wQIAAADAJ/4AAADAAAeugJAIQABACZCAQEECAAAAwCf+AAAAwAAHsCCBBZbqSSmubAgAAADACAAAAMAISIAAQAHRAHBcrAiQA==',
    data: 'AAAAGSgBrhPAO4jr///uierk8/1VTVLx//x8/+A=',
  },
  colour444: {
    hvcC: 'AQQIAAAAAAAAAAAAHvAA/P/4+AAADwMgAAEAF0ABDAH//wQIAAADAJ44AAADAAAeugJAIQABACpCAQEECAAAAwCeOAAAAwAAHpAEECCy3UklNc3AgIGBAAADAAEAAAMAAQgiAAEACEQBwXKGDAIk',
    data: 'AAAAVigBrwngFXs/+zH//kz5DlSEZcoPKA0Oiz/7mmb9vupUfLDZNvAcn9aG70gkkf0yn/fe64r4HgG4ABewAK7//0S987+30IAXVK/vBcJvvZp6yJmDXeTB',
  },
} as const

/** An item of a coded picture. @param properties behind its dimensions and configuration */
export const hevcItem = (name: keyof typeof PICTURES, ...properties: Buffer[]): NewItem & { data: Buffer } => ({
  type: 'hvc1',
  properties: [ispe(64, 64), box('hvcC', Buffer.from(PICTURES[name].hvcC, 'base64')), ...properties],
  data: Buffer.from(PICTURES[name].data, 'base64'),
})

export const heicFile = (items: readonly NewItem[], primary = 1): Buffer =>
  heifFile({ brands: ['heic', 'mif1', 'miaf'], primary, items })
