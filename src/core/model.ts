// What the store keeps of a project and of each image: the schema of revisions and of meta.json.

import { z } from 'zod'
import { IMAGE_ID, PROJECT_ID } from './names.ts'

const count = z.int().min(0)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** One stored variant. */
export const variantSchema = z.object({
  /** Pixels as shown, that is after the orientation is applied. */
  width: count,
  height: count,
  /** Size of the stored file. */
  bytes: count,
  /** Of the stored file, in hex. */
  sha256,
})

export const imageSchema = z.object({
  id: z.string().regex(IMAGE_ID),
  /** Extension of the stored files: always JPEG today. */
  ext: z.literal('jpg'),
  /** ISO 8601, UTC. */
  created_at: z.iso.datetime(),
  /** Pixels of the original as shown. */
  width: count,
  height: count,
  /** SHA-256 of the file that was uploaded, in hex. */
  sha256,
  sizes: z.object({ original: variantSchema, medium: variantSchema, thumb: variantSchema, game: variantSchema }),
  /** ThumbHash, in base64. Like `color` unknown of images that were uploaded before there was one. */
  placeholder: z.base64().min(8).max(40).optional(),
  /** The dominant colour, `#rrggbb`. */
  color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .optional(),
})

/** Everything about a project but the list of its images. */
export const projectSchema = z.object({
  project_id: z.string().regex(PROJECT_ID),
  /** Counts the committed changes; never starts again, not even after a deletion. */
  revision: count,
  title: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  primary_image_id: z.string().nullable(),
  image_count: count,
})

export type Variant = z.infer<typeof variantSchema>
export type ImageRecord = z.infer<typeof imageSchema>
export type Project = z.infer<typeof projectSchema>

/** Title of a project, in characters. */
export const MAX_TITLE_LENGTH = 200
