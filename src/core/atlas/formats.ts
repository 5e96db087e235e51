// Formats of atlas pages.

import type { Format } from '../transform/formats.ts'

/** Formats of pages, the default first. JPEG has no transparent pixels. */
export const PAGE_FORMATS = ['webp', 'png', 'jpeg'] as const satisfies readonly Format[]

export type PageFormat = (typeof PAGE_FORMATS)[number]

/** Sides of pages, in pixels. */
export const PAGE_SIDES = [2048, 4096] as const

export type PageSide = (typeof PAGE_SIDES)[number]
