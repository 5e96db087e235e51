// Values that the examples of the OpenAPI document share.

import { PICTURE_EXTENSIONS } from '../../core/transform/formats.ts'

export const EXAMPLE_PROJECT_ID = 'cosmic-drift'
export const EXAMPLE_COLLECTION = 'strategy'
export const EXAMPLE_ETAG = 'k3vF0u1P9wQm2xT7bR5yZa'
/** Sealed cursor of a list. */
export const EXAMPLE_CURSOR =
  'bjQLnP-zepicpUTmu3gKLHiQHT-zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8d4VFmtvBtMkA_-SNV1tdpcY4BAEl9l2w_j4kSUt26pg'

export const EXAMPLE_IMAGE_ID = '4f0z6k1m9q2w8e5r7t3y'
export const EXAMPLE_JOB_ID = '0mobk2v5c4hq9x7m2p8s1d6w'
export const EXAMPLE_BATCH_ID = '0mobk2v5d4hq9x7t3n5r9c1b'
export const EXAMPLE_ASSET_NAME = 'ui/button-ok'
export const EXAMPLE_IDEMPOTENCY_KEY = '8e03978e-40d5-43dd-bc93-6894a57f9324'
export const EXAMPLE_SIGNATURE = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY'
export const EXAMPLE_CSRF_TOKEN = 'pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o'
export const EXAMPLE_USER_ID = '7m2x9k4q1w8e5r3t6y0u'
export const EXAMPLE_EMAIL = 'ada@example.com'
export const EXAMPLE_PASSWORD = 'correct horse battery staple'
export const EXAMPLE_NEW_PASSWORD = 'quiet river under seven stones'
export const EXAMPLE_RESET_TOKEN = `ttw_${EXAMPLE_USER_ID}_0_1780565400_${EXAMPLE_CSRF_TOKEN}`
export const EXAMPLE_REFRESH_TOKEN = `ttr_${EXAMPLE_USER_ID}_1_1780565400_${EXAMPLE_CSRF_TOKEN}`
export const EXAMPLE_WEBHOOK_ID = '9c2k4q7w1x5e8r3t'
export const EXAMPLE_WEBHOOK_SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='
export const EXAMPLE_TIME = '2026-05-04T09:30:00.000Z'

export const EXAMPLE_SIZES = {
  original: { width: 2400, height: 1800, bytes: 1482113 },
  medium: { width: 1600, height: 1200, bytes: 401877 },
  thumb: { width: 400, height: 300, bytes: 28412 },
  game: { width: 50, height: 50, bytes: 1630 },
} as const

/** Hashes of the files of an image. */
export const EXAMPLE_HASHES = {
  upload: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  original: '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
  medium: 'fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13',
  thumb: 'a4e624d686e03ed2767c0abd85c14426b0b1157d2ce81d27bb4fe4f6f01d688a',
  game: 'a140c0c1eda2def2b830363ba362aa4d7d255c262960544821f556e16661b6ff',
} as const

/** ThumbHash of a picture, in base64. */
export const EXAMPLE_PLACEHOLDER = '1DgGDoILwErCm5rIrIpnWomdCMOqYKs='

export const EXAMPLE_PROJECT_TAGS = ['space', 'strategy']

/** Details of an image, as people give them. */
export const EXAMPLE_DETAILS = {
  name: 'harbour.jpg',
  title: 'The harbour at dawn',
  alt: 'Three fishing boats at a quay in the morning mist',
  tags: ['harbour', 'dawn'],
  focal_point: { x: 0.3, y: 0.6 },
} as const

export const EXAMPLE_IMAGE_URL = `/projects/${EXAMPLE_PROJECT_ID}/images/${EXAMPLE_IMAGE_ID}`

export const exampleUrls = () => ({
  original: `${EXAMPLE_IMAGE_URL}?size=original`,
  medium: `${EXAMPLE_IMAGE_URL}?size=medium`,
  thumb: `${EXAMPLE_IMAGE_URL}?size=thumb`,
  game: `${EXAMPLE_IMAGE_URL}?size=game`,
})

export const exampleFiles = () => {
  const filesOf = (size: string) =>
    Object.fromEntries(PICTURE_EXTENSIONS.map((extension) => [extension, `${EXAMPLE_IMAGE_URL}/${size}.${extension}`]))
  return { original: filesOf('original'), medium: filesOf('medium'), thumb: filesOf('thumb'), game: filesOf('game') }
}

export const EXAMPLE_MEMBERS = { '7d2m9x0c4v8b6n1q5w3z': 'viewer' } as const

export const exampleSrcset = () => {
  const { thumb, medium } = exampleUrls()
  return `${thumb} ${EXAMPLE_SIZES.thumb.width}w, ${medium} ${EXAMPLE_SIZES.medium.width}w`
}

export const examplePresets = () => ({
  card: {
    url: `${EXAMPLE_IMAGE_URL}/render?preset=card`,
    file: `${EXAMPLE_IMAGE_URL}/render.jpg?preset=card`,
    width: 320,
    height: 180,
  },
})

export const EXAMPLE_LINK_ID = '0z4x9k2m7q1w5e8r3t6y0u4i'
export const EXAMPLE_LINK_TOKEN = `ttl_${EXAMPLE_LINK_ID}_${EXAMPLE_CSRF_TOKEN}`

export const EXAMPLE_SOURCE = 's3://photos/2026/'
export const EXAMPLE_OBJECT_KEY = 'summer/beach 1.jpg'
