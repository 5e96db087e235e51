// Request and response bodies, and parameters, of the routes of share links.

import { z } from '@hono/zod-openapi'
import { LINK_ID, LINK_SECONDS } from '../../core/auth/links.ts'
import { IMAGE_ID } from '../../core/names.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_LINK_ID, EXAMPLE_LINK_TOKEN, EXAMPLE_TIME } from './examples.ts'
import { projectId, time } from './fields.ts'
import { imageSchema } from './images/images.ts'
import { projectPath } from './parameters.ts'

const EXPIRES_RULE = `an ISO 8601 time with an offset, ${LINK_SECONDS.least} seconds to ${LINK_SECONDS.most / 86_400} days from now`

/** Evaluated at the request: a time that was valid once is not valid for ever. */
const isInRange = (text: string): boolean => {
  const seconds = (Date.parse(text) - Date.now()) / 1000
  return seconds >= LINK_SECONDS.least && seconds <= LINK_SECONDS.most
}

export const linkCreateSchema = z
  .strictObject({
    expires: z.iso
      .datetime({ offset: true, error: EXPIRES_RULE })
      .refine(isInRange, EXPIRES_RULE)
      .openapi({ example: EXAMPLE_TIME, description: `End of the link: ${EXPIRES_RULE}.` }),
    image_id: z
      .string('an image id')
      .regex(IMAGE_ID, 'an image id')
      .optional()
      .openapi({ example: EXAMPLE_IMAGE_ID, description: 'The only image that the link shows; without it all.' }),
    upload: z
      .boolean()
      .optional()
      .openapi({ description: '`true` lets guests add pictures. Not with `image_id`.', example: false }),
    download: z
      .boolean()
      .optional()
      .openapi({ description: '`false` shows no originals and gives no archives.', example: true }),
  })
  .refine(({ image_id, upload }) => image_id === undefined || upload !== true, {
    path: ['upload'],
    error: 'false or nothing beside image_id',
  })
  .openapi('NewLink', {
    // As the lint wants it: every required property is defined beside.
    not: { required: ['image_id', 'upload'], properties: { image_id: {}, upload: { const: true } } },
  })

const linkFields = {
  id: z.string().openapi({ example: EXAMPLE_LINK_ID }),
  project_id: projectId,
  image_id: z.string().nullable().openapi({
    example: null,
    description: 'The only image that the link shows; null for the whole project.',
  }),
  upload: z.boolean().openapi({ description: 'Whether guests may add pictures.', example: false }),
  download: z.boolean().openapi({ description: 'Whether guests may read originals and archives.', example: true }),
  expires: time,
}

export const linkSchema = z.object({ ...linkFields, created_at: time }).openapi('Link')

export const linkWithUrlSchema = z
  .object({
    ...linkSchema.shape,
    url: z.string().openapi({
      description: 'Address to share. It is shown once: only a hash of it is stored.',
      example: `/s/${EXAMPLE_LINK_TOKEN}`,
    }),
  })
  .openapi('LinkWithUrl')

export const linkListSchema = z.object({ links: z.array(linkSchema) }).openapi('LinkList')

export const openedLinkSchema = z
  .object({
    ...linkFields,
    title: z.string().nullable().openapi({ description: 'Title of the project.', example: 'Cosmic Drift' }),
    image: imageSchema.optional(),
  })
  .openapi('OpenedLink')

export const linkPath = z.object({
  ...projectPath.shape,
  link_id: z.string().meta({ description: 'Id of the link.', pattern: LINK_ID.source, examples: [EXAMPLE_LINK_ID] }),
})

export const tokenPath = z.object({
  token: z.string().meta({ description: 'Token in the address of the link.', examples: [EXAMPLE_LINK_TOKEN] }),
})

export type LinkView = z.infer<typeof linkSchema>
export type LinkWithUrlView = z.infer<typeof linkWithUrlSchema>
export type OpenedLinkView = z.infer<typeof openedLinkSchema>
