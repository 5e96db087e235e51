// Settings of atlases.

import { wholeNumber } from './parsers.ts'
import { setting } from './setting.ts'

export const atlasSettings = {
  maxAtlasImages: setting(wholeNumber(1, 20_000), {
    env: 'MAX_ATLAS_IMAGES',
    flag: 'max-atlas-images',
    unit: 'images',
    initial: '6000',
    doc: 'Most images of one atlas',
  }),
} as const
