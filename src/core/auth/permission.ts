// Permission of a principal in a project, as one word.

import { decideAccess, type Principal, type ProjectAccess } from './access.ts'

/**
 * What a principal may do in a project that it may read, each including those before it. `upload` is what a share link
 * with it gives; the others are the actions of these names.
 */
export const PERMISSIONS = ['read', 'upload', 'write', 'manage'] as const
export type Permission = (typeof PERMISSIONS)[number]

/** The most that a principal may do in a project that it may read. */
export const permissionOf = (principal: Principal, projectId: string, access: ProjectAccess): Permission =>
  PERMISSIONS.findLast((action) => decideAccess(principal, action, projectId, access) === 'allowed') ?? 'read'
