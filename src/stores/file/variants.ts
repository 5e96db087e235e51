// Variants: the stored files of images, read for as long as the image is not deleted.

import { fileNameOf, type VariantName } from '../../core/names.ts'
import { unknownImage } from '../../core/not-found.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { Store, StoredFile } from '../store.ts'
import type { Removal } from './cleanup/removal.ts'
import type { Heads } from './commit/heads.ts'
import { storeError, throwStoreError } from './fs/durable.ts'
import { openPlainFile, plainFileStats, readPlainFileNow, refuseLinkedProject } from './fs/no-follow.ts'
import type { Mending } from './mending.ts'
import { folderOf, type Paths } from './paths.ts'

export interface VariantsOptions {
  paths: Paths
  heads: Heads
  removal: Removal
  /** Runs `read` on a state. Undefined where it fails and the state is not the newest any more. */
  unlessOvertaken<T>(state: ProjectState, read: () => Promise<T>): Promise<T | undefined>
  /** Puts missing files back. @default nothing does */
  mending?: Mending | undefined
}

export type Variants = Pick<
  Store,
  'openVariant' | 'findVariant' | 'currentVariant' | 'variantNow' | 'withLocalFile' | 'renderSource' | 'pathBelowRoot'
>

export const createVariants = (options: VariantsOptions): Variants => {
  const { paths, heads, removal, unlessOvertaken, mending } = options

  const mend: Mending['mend'] = async (...variant) => (await mending?.mend(...variant)) ?? false

  /** False for a deleted image, whether its files still exist or not; and where `at` is not the newest revision. */
  const isReadable = async (projectId: string, imageId: string, at?: number): Promise<boolean> => {
    for (;;) {
      const head = await heads.read(projectId).catch(throwStoreError)
      if (!head || head.state.deleted || (at !== undefined && head.state.revision !== at)) return false
      const isRemoving = await unlessOvertaken(head.state, () => removal.isRemoving(projectId, head, imageId))
      if (isRemoving !== undefined) return !isRemoving
    }
  }

  /** Path of a variant that is not reached by a symbolic link. @throws TintypeError `project_damaged` */
  const plainPath = (projectId: string, imageId: string, size: VariantName): string => {
    refuseLinkedProject(paths, projectId, paths.variants(projectId, size))
    return paths.variant(projectId, imageId, size)
  }

  const currentVariant: Store['currentVariant'] = (projectId, imageId, size, share, at) => {
    const head = heads.current(projectId, share)
    if (at !== undefined && head?.state.revision !== at) return undefined
    // After the deletion of a whole project, only the loaded list can tell.
    if (!head || head.state.deleted || head.removingSegments.length > 0 || head.removing.includes(imageId))
      return undefined
    return findFile(paths.variant(projectId, imageId, size))
  }

  /** By the record, where the files may be in a fallback. */
  const recordedSource = async (projectId: string, imageId: string): Promise<'source' | 'original' | undefined> => {
    const record = await mending?.recordOf(projectId, imageId).catch(throwStoreError)
    if (!record) return undefined
    return record.sizes.source && (await mend(projectId, imageId, 'source')) ? 'source' : 'original'
  }

  return {
    currentVariant,

    async openVariant(projectId, imageId, size) {
      if (!(await isReadable(projectId, imageId))) return undefined
      const open = () => openPlainFile(plainPath(projectId, imageId, size)).catch(throwStoreError)
      return (await open()) ?? ((await mend(projectId, imageId, size)) ? open() : undefined)
    },

    async findVariant(projectId, imageId, size, at) {
      if (!(await isReadable(projectId, imageId, at))) return undefined
      const path = plainPath(projectId, imageId, size)
      return findFile(path) ?? ((await mend(projectId, imageId, size)) ? findFile(path) : undefined)
    },

    variantNow(projectId, imageId, size, maxBytes) {
      const found = currentVariant(projectId, imageId, size)
      const body = found && readPlainFileNow(plainPath(projectId, imageId, size), maxBytes)
      return body && body.length === found.bytes ? { ...found, body } : undefined
    },

    async withLocalFile({ projectId, imageId, size }, use) {
      if (!(await isReadable(projectId, imageId))) throw unknownImage(projectId, imageId)
      const path = plainPath(projectId, imageId, size)
      if (!findFile(path) && !(await mend(projectId, imageId, size))) throw unknownImage(projectId, imageId)
      return use(path)
    },

    async renderSource(projectId, imageId) {
      const exists = (name: VariantName) => findFile(plainPath(projectId, imageId, name)) !== undefined
      const size = (['source', 'original'] as const).find(exists) ?? (await recordedSource(projectId, imageId))
      // Checked afterwards: the source of an image that is being deleted goes before its original.
      if (!size || !(await isReadable(projectId, imageId))) throw unknownImage(projectId, imageId)
      return { projectId, imageId, size }
    },

    pathBelowRoot: ({ projectId, imageId, size }) =>
      `projects/${folderOf(projectId)}/${size}/${fileNameOf(imageId, size)}`,
  }
}

/** Synchronous: a microsecond or two. */
const findFile = (path: string): StoredFile | undefined => {
  try {
    const found = plainFileStats(path)
    return found && { bytes: found.size, modifiedMs: found.mtimeMs }
  } catch (error) {
    throw storeError(error)
  }
}
