// Members of a project's view that tell of access: the permission of the caller, for managers the owner, members and
// source, for guests their share link.

import { accessOf, linksOf, type Principal } from '../../../core/auth/access.ts'
import { projectGrant } from '../../../core/auth/links.ts'
import { permissionOf } from '../../../core/auth/permission.ts'
import type { ReadableState } from '../../../core/project/state.ts'
import type { ProjectView } from '../../schemas/projects.ts'

export const accessView = (
  project: ReadableState,
  by: Principal,
): Pick<ProjectView, 'visibility' | 'permission' | 'owner_id' | 'members' | 'source' | 'link'> => {
  const access = accessOf(project)
  const permission = permissionOf(by, project.project_id, access)
  const { visibility, owner_id, members } = access
  const grant = projectGrant(linksOf(by), project)
  const link = grant && {
    id: grant.id,
    upload: grant.upload,
    download: grant.download,
    expires: new Date(grant.expiresMs).toISOString(),
  }
  return {
    ...{ visibility, permission },
    ...(permission === 'manage' ? { owner_id, members, source: project.source ?? null } : {}),
    ...(link ? { link } : {}),
  }
}
