// Request and response bodies of the route of members by e-mail.

import { z } from '@hono/zod-openapi'
import { MEMBER_ROLES } from '../../core/auth/access.ts'
import { email } from './accounts.ts'
import { EXAMPLE_USER_ID } from './examples.ts'
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

export type MemberView = z.infer<typeof memberSchema>
