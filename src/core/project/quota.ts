// Whom the bytes of a project are charged to.

import type { Principal } from '../auth/access.ts'
import { SIZES } from '../names.ts'
import type { ImageRecord, Project } from './model.ts'

/** Where neither a user nor a key made the project. */
export const NOBODY = 'nobody'

/** @param project undefined where it would come into being by what this one does */
export const chargedTo = (project: Project | undefined, by: Principal | undefined): string => {
  if (project?.owner_id !== undefined) return `user:${project.owner_id}`
  if (project) return project.made_by ?? NOBODY
  return by?.kind === 'user' || by?.kind === 'key' ? `${by.kind}:${by.id}` : NOBODY
}

/** What an image takes on disk: the files that are stored, not what can be made from them again. */
export const bytesOfImage = ({ sizes }: Pick<ImageRecord, 'sizes'>): number =>
  SIZES.reduce((sum, size) => sum + sizes[size].bytes, 0)
