// Variants: the stored files of images, read for as long as the image is not deleted.

import { link } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileNameOf, isLarge, type VariantName } from '../../core/names.ts'
import { unknownImage } from '../../core/not-found.ts'
import type { ProjectState } from '../../core/project/state.ts'
import { createNoteUse } from '../fallback/originals.ts'
import type { Store, StoredFile } from '../store.ts'
import type { Removal } from './cleanup/removal.ts'
import type { Heads } from './commit/heads.ts'
import { codeOf, removeFolder, storeError, throwStoreError } from './fs/durable.ts'
import { openPlainFile, plainFileStats, readPlainFileNow, refuseLinkedProject } from './fs/no-follow.ts'
import { dateOf, type Mending } from './mending.ts'
import { folderOf, type Paths } from './paths.ts'
import type { Workspace } from './staging/workspace.ts'

export interface VariantsOptions {
  paths: Paths
  heads: Heads
  removal: Removal
  /** Runs `read` on a state. Undefined where it fails and the state is not the newest any more. */
  unlessOvertaken<T>(state: ProjectState, read: () => Promise<T>): Promise<T | undefined>
  /** Puts missing files back. @default nothing does */
  mending?: Mending | undefined
  /** Lends originals that may be evicted under a path of their own. */
  workspace: Pick<Workspace, 'folder'>
}

export type Variants = Pick<
  Store,
  | 'openVariant'
  | 'findVariant'
  | 'statVariant'
  | 'currentVariant'
  | 'variantNow'
  | 'withLocalFile'
  | 'renderSource'
  | 'pathBelowRoot'
>

/** For each further one, the file was evicted between its return and its use. */
const MOST_TRIES = 10

export const createVariants = (options: VariantsOptions): Variants => {
  const { paths, heads, removal, unlessOvertaken, mending, workspace } = options
  const noteUse = mending?.isBounded ? createNoteUse() : undefined

  /** Notes the use of a file that was found. */
  const used = <Found>(found: Found, path: string, size: VariantName): Found => {
    if (found && isLarge(size)) noteUse?.(path)
    return found
  }

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
    const path = paths.variant(projectId, imageId, size)
    return used(findFile(path), path, size)
  }

  /** Lends a file that may be evicted under a second name, which stays. */
  const lend = async <T>(
    path: string,
    again: () => Promise<boolean>,
    use: (path: string) => Promise<T>,
  ): Promise<T> => {
    // A store that cannot be written evicts nothing.
    const folder = await workspace.folder().catch(() => undefined)
    if (folder === undefined) return use(path)
    try {
      const own = join(folder, basename(path))
      for (let tries = 1; ; tries++) {
        try {
          await link(path, own)
          break
        } catch (error) {
          if (codeOf(error) !== 'ENOENT' || tries === MOST_TRIES || !(await again())) throw storeError(error)
        }
      }
      return await use(own)
    } finally {
      await removeFolder(folder).catch(() => {})
    }
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
      const path = plainPath(projectId, imageId, size)
      const open = () => openPlainFile(path).catch(throwStoreError)
      for (let tries = 1; ; tries++) {
        const file = await open()
        // Where it was put back, it can have been evicted again.
        if (file || tries > MOST_TRIES || !(await mend(projectId, imageId, size))) return used(file, path, size)
      }
    },

    async findVariant(projectId, imageId, size, at) {
      if (!(await isReadable(projectId, imageId, at))) return undefined
      const path = plainPath(projectId, imageId, size)
      return used(findFile(path), path, size) ?? ((await mend(projectId, imageId, size)) ? findFile(path) : undefined)
    },

    async statVariant(projectId, imageId, size, at) {
      if (!(await isReadable(projectId, imageId, at))) return undefined
      const found = findFile(plainPath(projectId, imageId, size))
      if (found || !mending) return found
      const record = await mending.recordOf(projectId, imageId).catch(throwStoreError)
      const bytes = record?.sizes[size]?.bytes
      if (at !== undefined && (await heads.isOvertaken(projectId, at))) return undefined
      return record && bytes !== undefined ? { bytes, modifiedMs: dateOf(record) } : undefined
    },

    variantNow(projectId, imageId, size, maxBytes) {
      const found = currentVariant(projectId, imageId, size)
      const body = found && readPlainFileNow(plainPath(projectId, imageId, size), maxBytes)
      return body && body.length === found.bytes ? { ...found, body } : undefined
    },

    async withLocalFile({ projectId, imageId, size }, use) {
      if (!(await isReadable(projectId, imageId))) throw unknownImage(projectId, imageId)
      const path = plainPath(projectId, imageId, size)
      const putBack = () => mend(projectId, imageId, size)
      if (!used(findFile(path), path, size) && !(await putBack())) throw unknownImage(projectId, imageId)
      return mending?.isBounded && isLarge(size) ? lend(path, putBack, use) : use(path)
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
