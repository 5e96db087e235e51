// Route of members by e-mail.

import type { MemberService } from '../../../services/projects/members.ts'
import type { Context } from '../../context.ts'
import type { Guard } from '../../guard.ts'
import * as descriptions from '../../openapi/members.ts'
import { parseBody, readJson } from '../../request/json-body.ts'
import { projectIdOf } from '../../request/params.ts'
import { json } from '../../response/respond.ts'
import type { RouteTable } from '../../route-table.ts'
import { type MemberView, memberAddSchema } from '../../schemas/members.ts'

export interface MemberRouteOptions {
  members: MemberService
  guard: Pick<Guard, 'require'>
}

const MAX_BODY_BYTES = 16 * 1024

/** Adds the route with its description. */
export const addMemberRoute = (route: Pick<RouteTable, 'add'>, { members, guard }: MemberRouteOptions): void => {
  route.add(descriptions.add, async (c: Context) => {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'manage', projectId)
    const { email, role } = parseBody(memberAddSchema, await readJson(c, MAX_BODY_BYTES))
    const { userId, project } = await members.add(projectId, { email, role }, by)
    const view: MemberView = { project_id: projectId, user_id: userId, role, revision: project.revision }
    return json(c, view, 200, { 'Cache-Control': 'no-store' })
  })
}
