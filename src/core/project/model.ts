// Records of projects and images: the schema of revisions and of meta.json.

import { z } from 'zod'
import { MEMBER_ROLES, VISIBILITIES } from '../auth/access.ts'
import { IMAGE_ID, PROJECT_ID } from '../names.ts'

const count = z.int().min(0)
const fraction = z.number().min(0).max(1)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** One stored variant. */
export const variantSchema = z.object({
  /** Pixels as shown: the orientation is applied. */
  width: count,
  height: count,
  /** Length of the stored file. */
  bytes: count,
  /** Hash of the stored file, in hex. */
  sha256,
})

/** A response to an upload, kept to answer the same `Idempotency-Key` again. */
const recordedAnswerSchema = z.object({
  /** SHA-256 of the client's key together with its principal, in hex. */
  key: sha256,
  /** Id of the upload: the image's own, or another one for a duplicate. */
  upload: z.string().regex(IMAGE_ID),
  at: z.iso.datetime(),
  /** State of the project in that response. */
  revision: count,
  is_primary: z.boolean(),
  /** True where the upload replaced the image of an asset. */
  replaced: z.literal(true).optional(),
})

/** Version of an object in a foreign bucket. */
const sourceObjectSchema = z.object({
  /** `s3://bucket/prefix/key`, not encoded. */
  url: z.string(),
  /** Entity tag by which the engine names the content. */
  etag: z.string(),
})

/** Local time of a photo, and its offset where it is known. */
const TAKEN_AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?$/

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
  sizes: z.object({
    original: variantSchema,
    medium: variantSchema,
    thumb: variantSchema,
    game: variantSchema,
    /** The lossless PNG file that renders are made from. Absent where the upload had nothing that JPEG would lose. */
    source: variantSchema.optional(),
  }),
  /** True where `source` has pixels that are not opaque. */
  transparent: z.literal(true).optional(),
  /** ThumbHash, in base64. Absent, like `color`, from images of older versions. */
  placeholder: z.base64().min(8).max(40).optional(),
  /** Dominant colour, `#rrggbb`. */
  color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .optional(),
  /** What the image was imported from at its first request. Absent from uploads. */
  object: sourceObjectSchema.optional(),
  /** Name of the file as uploaded, cleaned: at most 255 bytes. */
  name: z.string().optional(),
  title: z.string().optional(),
  /** Text for people who do not see the picture. */
  alt: z.string().optional(),
  tags: z.array(z.string()).optional(),
  /** What a crop keeps in view: 0,0 is the top left corner of the picture as shown, 1,1 the bottom right one. */
  focal_point: z.object({ x: fraction, y: fraction }).optional(),
  /** When the photo was taken, by its EXIF data: ISO 8601 with an offset, or without one where EXIF has none. */
  taken_at: z.string().regex(TAKEN_AT).optional(),
  /** Name of the asset that the image stands for. */
  asset: z.string().optional(),
  /** Responses to uploads with an `Idempotency-Key`. */
  answers: z.array(recordedAnswerSchema).optional(),
})

/**
 * Id of a user: of an account, or the subject of an external issuer's token. A member called `__proto__` would be lost in
 * an object.
 */
export const userIdSchema = z
  .string()
  .min(1)
  .max(255)
  .refine((id) => id !== '__proto__')

export const USER_ID_RULE = 'a user id of 1 to 255 characters'

/** A project without the list of its images. */
export const projectSchema = z.object({
  project_id: z.string().regex(PROJECT_ID),
  /** Number of the revision; goes on counting after a deletion. */
  revision: count,
  title: z.string().nullable(),
  /** Absent where it has none, and from projects of older versions. */
  tags: z.array(z.string()).optional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  primary_image_id: z.string().nullable(),
  image_count: count,
  // Absent from projects of versions without owners, see OPEN_ACCESS.
  owner_id: userIdSchema.optional(),
  visibility: z.enum(VISIBILITIES).optional(),
  members: z.record(userIdSchema, z.enum(MEMBER_ROLES)).optional(),
  /** `key:<id>` of the API key that created the project and is charged for its bytes. */
  made_by: z.string().optional(),
  /** Prefix in a foreign bucket whose pictures are imported at their first request: `s3://bucket/prefix/`, not encoded. */
  source: z.string().optional(),
})

export type Variant = z.infer<typeof variantSchema>
export type RecordedAnswer = z.infer<typeof recordedAnswerSchema>
export type SourceObject = z.infer<typeof sourceObjectSchema>
export type ImageRecord = z.infer<typeof imageSchema>
export type Project = z.infer<typeof projectSchema>

/** Limit on the title of a project, in characters. */
export const MAX_TITLE_LENGTH = 200
