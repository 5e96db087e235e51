// Request and response bodies of the routes of members.

import { z } from '@hono/zod-openapi'
import { MEMBER_ROLES } from '../../core/auth/access.ts'
import { email } from './accounts.ts'
import { EXAMPLE_EMAIL, EXAMPLE_USER_ID } from './examples.ts'
import { projectId, revision } from './fields.ts'

const role = z.enum(MEMBER_ROLES).openapi({ example: 'viewer' })

export const memberAddSchema = z.strictObject({ email, role }).openapi('NewMember')

export const memberSchema = z
  .object({
    project_id: projectId,
    user_id: z
      .string()
      .openapi({ example: EXAMPLE_USER_ID, description: 'Id of the user, by which members are edited.' }),
    role,
    revision,
  })
  .openapi('Member')

/** A person whom a project names. */
const person = z.object({
  user_id: z.string().openapi({ example: EXAMPLE_USER_ID }),
  email: z.string().nullable().openapi({
    example: EXAMPLE_EMAIL,
    description: 'Address of the account; null for users without one on this server.',
  }),
  name: z.string().nullable().openapi({ example: 'Ada' }),
})

export const memberListSchema = z
  .object({
    project_id: projectId,
    revision,
    // Not `nullable()`, whose description is an `allOf` that null does not fulfil.
    owner: z.union([person, z.null()]).openapi({ description: 'Null for a project that an API key created.' }),
    members: z.array(person.extend({ role })).openapi({ description: 'Sorted by address, then by id.' }),
  })
  .openapi('MemberList')

export type MemberListView = z.infer<typeof memberListSchema>
export type MemberView = z.infer<typeof memberSchema>
