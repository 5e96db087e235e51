// Members of a project's view that tell of access: for managers its owner and members, for guests their share link.

import { accessOf, decideAccess, linksOf, type Principal } from '../../../core/auth/access.ts'
import { projectGrant } from '../../../core/auth/links.ts'
import type { ReadableState } from '../../../core/project/state.ts'
import type { ProjectView } from '../../schemas/projects.ts'

export const accessView = (
  project: ReadableState,
  by: Principal,
): Pick<ProjectView, 'visibility' | 'owner_id' | 'members' | 'link'> => {
  const access = accessOf(project)
  const manages = decideAccess(by, 'manage', project.project_id, access) === 'allowed'
  const { visibility, owner_id, members } = access
  const grant = projectGrant(linksOf(by), project)
  const link = grant && {
    id: grant.id,
    upload: grant.upload,
    download: grant.download,
    expires: new Date(grant.expiresMs).toISOString(),
  }
  return { ...(manages ? { visibility, owner_id, members } : { visibility }), ...(link ? { link } : {}) }
}
