// Quotas: the account that the bytes of a project are charged to.

import type { Principal } from '../auth/access.ts'
import { SIZES } from '../names.ts'
import type { ImageRecord, Project } from './model.ts'

/** Account of projects without an owner and without a key. */
export const NO_ACCOUNT = 'nobody'

/** The account that an upload is charged to. @param project undefined where the upload creates it */
export const chargedTo = (project: Project | undefined, by: Principal | undefined): string => {
  if (project?.owner_id !== undefined) return `user:${project.owner_id}`
  if (project) return project.made_by ?? NO_ACCOUNT
  return by?.kind === 'user' || by?.kind === 'key' ? `${by.kind}:${by.id}` : NO_ACCOUNT
}

/** Bytes of an image on disk: its stored variants, without renders. */
export const bytesOfImage = ({ sizes }: Pick<ImageRecord, 'sizes'>): number =>
  SIZES.reduce((sum, size) => sum + sizes[size].bytes, sizes.source?.bytes ?? 0)
