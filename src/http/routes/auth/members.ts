// Routes of members: the list of them, and adding one by e-mail.

import { accessOf, requireAccess } from '../../../core/auth/access.ts'
import type { MemberService } from '../../../services/projects/members.ts'
import type { Context } from '../../context.ts'
import type { Guard } from '../../guard.ts'
import * as descriptions from '../../openapi/members.ts'
import { parseBody, readJson } from '../../request/json-body.ts'
import { projectIdOf } from '../../request/params.ts'
import { json } from '../../response/respond.ts'
import type { RouteTable } from '../../route-table.ts'
import { type MemberListView, type MemberView, memberAddSchema } from '../../schemas/members.ts'

export interface MemberRouteOptions {
  members: MemberService
  guard: Pick<Guard, 'require' | 'read'>
}

const MAX_BODY_BYTES = 16 * 1024

/** Names and addresses of people. */
const UNCACHED = { 'Cache-Control': 'no-store' } as const

/** Adds the routes with their descriptions. */
export const addMemberRoutes = (route: Pick<RouteTable, 'add'>, { members, guard }: MemberRouteOptions): void => {
  route.add(descriptions.list, async (c: Context) => {
    const projectId = projectIdOf(c)
    return guard.read(c, projectId, async ({ by, project }) => {
      const state = project()
      requireAccess(by, 'manage', projectId, accessOf(state))
      const view: MemberListView = {
        project_id: projectId,
        revision: state.revision,
        ...(await members.list(state)),
      }
      return json(c, view, 200, UNCACHED)
    })
  })

  route.add(descriptions.add, async (c: Context) => {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'manage', projectId)
    const { email, role } = parseBody(memberAddSchema, await readJson(c, MAX_BODY_BYTES))
    const { userId, project } = await members.add(projectId, { email, role }, by)
    const view: MemberView = { project_id: projectId, user_id: userId, role, revision: project.revision }
    return json(c, view, 200, UNCACHED)
  })
}
