// What the store keeps of a project and of each image: the schema of revisions and of meta.json.

import { z } from 'zod'
import { MEMBER_ROLES, OPEN_ACCESS, type ProjectAccess, VISIBILITIES } from '../auth/access.ts'
import { IMAGE_ID, PROJECT_ID } from '../names.ts'

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

/** An upload that was answered with an image, to be answered the same way again. */
const answeredSchema = z.object({
  /** SHA-256 of the key that the client sent, with whom it is from, in hex. */
  key: sha256,
  /** Id that the upload was given: the image's own, or another one where it was a duplicate. */
  upload: z.string().regex(IMAGE_ID),
  at: z.iso.datetime(),
  /** What the answer said of the project. */
  revision: count,
  is_primary: z.boolean(),
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
  /** Of uploads with an `Idempotency-Key`. */
  answers: z.array(answeredSchema).optional(),
})

/**
 * Id of a user: of an account here, or the subject of another issuer's token. A member called `__proto__` would get lost
 * on the way through an object.
 */
export const userIdSchema = z
  .string()
  .min(1)
  .max(255)
  .refine((id) => id !== '__proto__')

export const USER_ID_RULE = 'a user id of 1 to 255 characters'

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
  // What is absent is so in every project that was made before there were owners, see OPEN_ACCESS.
  owner_id: userIdSchema.optional(),
  visibility: z.enum(VISIBILITIES).optional(),
  members: z.record(userIdSchema, z.enum(MEMBER_ROLES)).optional(),
  /** `key:<id>` of the API key that made the project, which its bytes are charged to. */
  made_by: z.string().optional(),
})

export type Variant = z.infer<typeof variantSchema>
export type Answered = z.infer<typeof answeredSchema>
export type ImageRecord = z.infer<typeof imageSchema>
export type Project = z.infer<typeof projectSchema>

/** Who may do what with a project. */
export const accessOf = ({ owner_id, visibility, members }: Project): ProjectAccess =>
  owner_id === undefined && visibility === undefined && members === undefined
    ? OPEN_ACCESS
    : {
        owner_id: owner_id ?? OPEN_ACCESS.owner_id,
        visibility: visibility ?? OPEN_ACCESS.visibility,
        members: members ?? OPEN_ACCESS.members,
      }

/** Title of a project, in characters. */
export const MAX_TITLE_LENGTH = 200
