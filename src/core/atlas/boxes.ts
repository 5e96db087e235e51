// Boxes of frames: the pixels that each image takes in an atlas.

import { z } from 'zod'
import { layoutOf, resultOf } from '../transform/geometry.ts'
import { FITS, KERNELS } from '../transform/transform.ts'

/** Longest side of a frame, in pixels. */
export const MAX_FRAME_SIDE = 512

const side = z.int().min(1).max(MAX_FRAME_SIDE)

/**
 * How places are given. `grid`: cells of one size. `packed`: boxes of the dimensions that each image has as `thumb`, or
 * by a preset.
 */
export const boxRuleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('grid'), width: side, height: side }),
  z.object({
    kind: z.literal('packed'),
    /** @default `thumb` */
    preset: z.object({ width: side, height: side, fit: z.enum(FITS), kernel: z.enum(KERNELS) }).optional(),
  }),
])

export type BoxRule = z.infer<typeof boxRuleSchema>

interface Size {
  width: number
  height: number
}

/** An image or a project as a frame, with the dimensions that decide its box. */
export interface Framed {
  /** Of the image, or of the project whose cover it is. */
  id: string
  /** Original as shown. */
  width: number
  height: number
  sizes: { thumb: Size }
}

/** Dimensions of a frame: never more than those of the cell, in a grid. */
export const boxOf = (rule: BoxRule, frame: Framed): Size => {
  if (rule.kind === 'grid') return { width: rule.width, height: rule.height }
  if (!rule.preset) return within(frame.sizes.thumb)
  return within(resultOf(layoutOf(frame, { ...rule.preset, position: undefined })))
}

/** The cell of a project's cover: it has the same place whatever is in it. Its id begins with no "-", as freed slots do. */
export const coverCell = (projectId: string): Framed => ({
  id: `:${projectId}`,
  width: 1,
  height: 1,
  sizes: { thumb: { width: 1, height: 1 } },
})

const within = ({ width, height }: Size): Size => ({
  width: Math.min(MAX_FRAME_SIDE, Math.max(1, width)),
  height: Math.min(MAX_FRAME_SIDE, Math.max(1, height)),
})
