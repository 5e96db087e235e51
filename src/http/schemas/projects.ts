// Request and response bodies of the project routes.

import { z } from '@hono/zod-openapi'
import { MEMBER_ROLES, VISIBILITIES } from '../../core/auth/access.ts'
import { PERMISSIONS } from '../../core/auth/permission.ts'
import { DETAIL_SCHEMAS, MAX_TAGS } from '../../core/project/image-details.ts'
import { MAX_TITLE_LENGTH, USER_ID_RULE, userIdSchema } from '../../core/project/model.ts'
import { parseSourceUrl, SOURCE_URL, SOURCE_URL_RULE } from '../../core/sources/source-url.ts'
import { characters } from '../../core/text.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_MEMBERS, EXAMPLE_PROJECT_TAGS, EXAMPLE_SOURCE, exampleUrls } from './examples.ts'
import { deletedImages, next, primaryImageId, projectId, revision, time } from './fields.ts'
import { coverSchema } from './images/images.ts'

const visibility = z.enum(VISIBILITIES).openapi({
  example: 'public',
  description: 'A public project is readable by all, a private one by its owner, members and admins.',
})

export const projectSchema = z
  .object({
    project_id: projectId,
    title: z.string().nullable().openapi({ example: 'Cosmic Drift' }),
    tags: z.array(z.string()).openapi({ example: EXAMPLE_PROJECT_TAGS }),
    cover_url: z.string().nullable().openapi({
      example: exampleUrls().thumb,
      description: 'URL of the thumb of the primary image. It changes with the cover and may be cached for ever.',
    }),
    cover: coverSchema
      .nullable()
      .openapi({ description: 'The cover with its URLs; null if the project has no image.' }),
    image_count: z.int().min(0).openapi({ example: 12 }),
    primary_image_id: primaryImageId,
    revision,
    created_at: time,
    updated_at: time,
    visibility,
    permission: z.enum(PERMISSIONS).openapi({
      description:
        'What the caller may do in the project, each including those before it: `read` it, `upload` images by a share ' +
        'link, `write` (add, edit, order and delete images), `manage` (members, visibility, deletion).',
      example: 'read',
    }),
    owner_id: z.string().nullable().optional().openapi({
      description: 'User id of the owner; null if there is none. Present for principals that may manage the project.',
      example: null,
    }),
    members: z.record(z.string(), z.enum(MEMBER_ROLES)).optional().openapi({
      description: 'Roles of the members by user id. Present for principals that may manage the project.',
      example: EXAMPLE_MEMBERS,
    }),
    source: z
      .string()
      .nullable()
      .optional()
      .openapi({
        description:
          'Prefix in a bucket whose pictures `/source/{key}` shows; null if there is none. Present for principals that may ' +
          'manage the project.',
        example: null,
      }),
    link: z
      .object({ id: z.string(), upload: z.boolean(), download: z.boolean(), expires: time })
      .optional()
      .openapi({ description: 'The share link that the request holds the cookie of, and what it allows.' }),
  })
  .openapi('Project')

export const projectListSchema = z
  .object({ projects: z.array(projectSchema), next: next('projects') })
  .openapi('ProjectList')

/** Characters of one code unit, so that a length is the same for JSON Schema and for JavaScript. */
const MEMBER_ID = /^[^\u{10000}-\u{10ffff}]*$/u

const SOURCE_RULE = `${SOURCE_URL_RULE}, or null`

const TITLE_RULE = `a text of at most ${MAX_TITLE_LENGTH} characters, or null`

export const titleSchema = z
  .string(TITLE_RULE)
  .refine((text) => characters(text) <= MAX_TITLE_LENGTH, TITLE_RULE)
  .nullable()
  .optional()
  .openapi({ maxLength: MAX_TITLE_LENGTH, example: 'Cosmic Drift' })

const tagsSchema = DETAIL_SCHEMAS.tags
  .nullable()
  .optional()
  .openapi({ maxItems: MAX_TAGS, example: EXAMPLE_PROJECT_TAGS })

/** Roles by user id. @param rule of a role, for errors */
export const memberRoles = <Role extends z.ZodType>(role: Role, rule: string) =>
  z.record(userIdSchema.regex(MEMBER_ID), role, {
    error: ({ code }) => (code === 'invalid_key' ? USER_ID_RULE : `an object of user ids, each with ${rule}`),
  })

/** Schema of the names in {@link memberRoles}, which the generator leaves out. */
export const MEMBER_NAMES = {
  propertyNames: { minLength: 1, maxLength: 255, pattern: MEMBER_ID.source, not: { const: '__proto__' } },
}

export const projectCreateSchema = z
  .strictObject({
    title: titleSchema.openapi({
      description: 'Without it, a new project has none, and an existing one may have any.',
    }),
    tags: tagsSchema.openapi({
      description: 'Without them, a new project has none, and an existing one may have any.',
    }),
    visibility: visibility.optional().openapi({
      description: 'Without it, a new project has that of the server’s settings, and an existing one may have any.',
    }),
  })
  .openapi('NewProject')

export const projectEditSchema = z
  .strictObject({
    title: titleSchema.openapi({ description: 'Null removes the title.' }),
    tags: tagsSchema.openapi({
      description:
        'All tags of the project, in place of the former ones, each of 1 to 100 characters. Repeated ones are kept once; ' +
        'null removes them.',
    }),
    image_order: z
      .array(z.string('an image id'), 'an array of image ids')
      .optional()
      .openapi({
        description: 'Image ids in the new order; the remaining images follow in their current order.',
        example: [EXAMPLE_IMAGE_ID],
      }),
    visibility: visibility.optional(),
    members: memberRoles(
      z.enum(MEMBER_ROLES, `one of ${MEMBER_ROLES.join(', ')}, or null`).nullable(),
      'its role or null',
    )
      .optional()
      .meta({
        ...MEMBER_NAMES,
        description:
          'Roles of members by user id; null removes a member. Other members stay. For the owner and admins.',
        example: { ...EXAMPLE_MEMBERS, '4hk2p0w7d1x9c5t3b8n6': null },
      }),
    source: z
      .string(SOURCE_RULE)
      .refine((text) => parseSourceUrl(text) !== undefined, SOURCE_RULE)
      .nullable()
      .optional()
      .openapi({
        description:
          'Prefix in a bucket, within one of the prefixes in `SOURCES`, whose pictures are imported at their first ' +
          'request; null removes it. For admins.',
        pattern: SOURCE_URL.source,
        example: EXAMPLE_SOURCE,
      }),
  })
  .refine((edit) => Object.keys(edit).length > 0, {
    error: 'one or more of title, tags, image_order, visibility, members, source',
  })
  .openapi('ProjectEdit', { minProperties: 1 })

export const deletedSchema = z
  .object({ project_id: projectId, deleted: z.literal(true), deleted_images: deletedImages })
  .openapi('DeletedProject')

export type ProjectView = z.infer<typeof projectSchema>
