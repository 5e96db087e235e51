// Staging area of an upload: its files from the first byte to their final names, and the free space that it needs.

import { existsSync, fstatSync } from 'node:fs'
import { type FileHandle, open, rename, statfs } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { TintypeError } from '../../../core/errors.ts'
import { fileNameOf, newImageId, SIZES, type VariantName } from '../../../core/names.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Stage } from '../../store.ts'
import type { SharedSync } from '../fs/durable.ts'
import {
  allDone,
  codeOf,
  makeOne,
  removeFile,
  removeFolder,
  storeError,
  sync,
  throwStoreError,
  writeAllOf,
} from '../fs/durable.ts'
import { refuseLinkedProject, refuseLinks } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import type { Workspace } from './workspace.ts'

export interface StageOptions {
  paths: Paths
  workspace: Workspace
  /** Syncs a folder that uploads share. */
  syncFolder: SharedSync
  projectId: string
  /** Id of a pending image, of which an earlier attempt may have published files. @default a new one */
  imageId?: string
  /** False before the first revision of the project. */
  isKnown(): Promise<boolean>
  /** Removes published files, unless the image is part of the project. */
  unpublish(imageId: string): Promise<void>
  log: Logger
}

/** Size up to which chunks are gathered for one write, in bytes. */
const WRITE_BYTES = 512 * 1024

/** Paths in the folder of a staging area: of the upload, and of each variant. */
export const stageFiles = (folder: string, imageId: string): Pick<Stage, 'uploadPath' | 'targets'> => {
  const target = (name: VariantName) => join(folder, fileNameOf(`${imageId}.${name}`, name))
  return {
    uploadPath: join(folder, 'upload'),
    targets: {
      original: target('original'),
      medium: target('medium'),
      thumb: target('thumb'),
      game: target('game'),
      source: target('source'),
    },
  }
}

export const createStage = async (options: StageOptions): Promise<Stage> => {
  const { paths, workspace, syncFolder, projectId, isKnown, unpublish, log } = options
  const isAgain = options.imageId !== undefined
  const imageId = options.imageId ?? newImageId()
  // The id in its name names the files that a sweep removes.
  const folder = await workspace.folder(projectId, imageId)
  const { uploadPath, targets } = stageFiles(folder, imageId)
  const published = new Set<VariantName>()
  /** Parents of folders of the project whose names may not be durable yet. */
  const unsynced = new Set<string>()
  let securing: Promise<void> | undefined

  /** Makes the name of the work folder durable, once. */
  const secure = (): Promise<void> => {
    securing ??= workspace.secure(folder)
    securing.catch(() => {})
    return securing
  }

  const publish = async (name: VariantName): Promise<void> => {
    const path = paths.variant(projectId, imageId, name)
    if (!isAgain && existsSync(path)) throw new Error(`the name of image ${imageId} is taken`)
    await rename(targets[name], path)
    published.add(name)
  }

  const publishAll = async (names: readonly VariantName[]): Promise<void> => {
    // First: where the original is found without its record, the source is complete.
    if (names.includes('source') && !published.has('source')) {
      await makeSourceFolder()
      await publish('source')
    }
    for (const name of names) if (!published.has(name)) await publish(name)
    // An earlier attempt may have had one, under another setting.
    const source = paths.variant(projectId, imageId, 'source')
    if (isAgain && !names.includes('source') && existsSync(source)) await removeFile(source)
  }

  const makeProject = async (): Promise<void> => {
    for (const parent of await makeFolders(paths, projectId)) unsynced.add(parent)
  }

  /** Most projects have no image with a source. Its parent is synced in any case, as in {@link makeProject}. */
  const makeSourceFolder = async (): Promise<void> => {
    await makeOne(paths.variants(projectId, 'source'))
    unsynced.add(paths.project(projectId))
  }

  /** @throws TintypeError `project_damaged`, `store_unavailable` where a symbolic link would lead out of the store */
  const assertPlain = (): void => {
    refuseLinks(paths.root, folder)
    refuseLinkedProject(paths, projectId, ...paths.folders(projectId))
  }

  return {
    id: relative(paths.tmp, folder).replaceAll(sep, '/'),
    imageId,
    uploadPath,
    targets,

    receive: (stream) => receiveFile(uploadPath, stream),

    prepare: () => void secure(),

    async publish(names = SIZES) {
      try {
        // The name of the work folder is durable before any file leaves it.
        await secure()
        assertPlain()
        if (!(await isKnown())) await makeProject()
        await publishAll(names).catch(async (error: unknown) => {
          // Missing in copies of a store without empty folders.
          if (codeOf(error) !== 'ENOENT') throw error
          await makeProject()
          await publishAll(names)
        })
        // Side by side: a file without its data is as harmless as one without its name, until a revision names the image.
        await allDone([
          ...names.map((name) => sync(paths.variant(projectId, imageId, name))),
          ...names.map((name) => syncFolder(paths.variants(projectId, name))),
          ...[...unsynced].map(syncFolder),
        ])
      } catch (error) {
        throw storeError(error)
      }
    },

    async discard() {
      try {
        if (published.size > 0) await unpublish(imageId)
        await removeFolder(folder)
      } catch (error) {
        log.warn({ error, projectId, imageId }, 'could not clean up an upload; leaving it to a sweep')
        await workspace.leave(folder)
      }
    },
  }
}

/** Writes a stream to a new file, see {@link Stage.receive}. */
export const receiveFile = async (path: string, stream: AsyncIterable<Uint8Array>): Promise<number> => {
  const handle = await open(path, 'wx').catch(throwStoreError)
  try {
    const arrived = await writeStream(handle, stream)
    const size = bytesIn(handle)
    if (size !== arrived) throw storeError(new Error(`${arrived} bytes arrived, ${size} are on disk`))
    return size
  } finally {
    await handle.close()
  }
}

/** Makes all folders of a project, durably. @throws TintypeError as `publish`; errors of the system */
export const makeProjectFolders = async (paths: Paths, projectId: string): Promise<void> => {
  refuseLinkedProject(paths, projectId, ...paths.folders(projectId))
  await allDone((await makeFolders(paths, projectId)).map(sync))
}

/** @returns their parents, which are to be synced in any case: another process may be making them, and not have synced */
const makeFolders = async (paths: Paths, projectId: string): Promise<readonly string[]> => {
  const [project, meta] = [paths.project(projectId), paths.meta(projectId)]
  const variants = SIZES.map((size) => paths.variants(projectId, size))
  for (const path of [project, ...variants, meta, paths.segments(projectId)]) await makeOne(path)
  return [meta, project, paths.projects]
}

/** Synchronous: the file is open and in memory. */
const bytesIn = ({ fd }: FileHandle): number => {
  try {
    return fstatSync(fd).size
  } catch (error) {
    throw storeError(error)
  }
}

const writeStream = async (handle: FileHandle, stream: AsyncIterable<Uint8Array>): Promise<number> => {
  let arrived = 0
  let gathered: Uint8Array[] = []
  let gatheredBytes = 0
  const flush = async () => {
    await writeAllOf(handle, gathered).catch(throwStoreError)
    gathered = []
    gatheredBytes = 0
  }
  for await (const chunk of stream) {
    arrived += chunk.byteLength
    gatheredBytes += chunk.byteLength
    gathered.push(chunk)
    if (gatheredBytes >= WRITE_BYTES) await flush()
  }
  await flush()
  return arrived
}

export interface FreeSpaceOptions {
  /** Folder on the disk. */
  path: string
  /** Free bytes below which uploads are refused. */
  minFreeBytes: number
}

/** Lifetime of a measurement, in milliseconds: uploads come in hundreds a second at most. */
const FRESH_MS = 500

/** Checks that the disk has room for one more upload, before it begins. @throws TintypeError `storage_full` */
export const createFreeSpace = ({ path, minFreeBytes }: FreeSpaceOptions): (() => Promise<void>) => {
  let known: { atMs: number; bytes: number; noInodes: boolean } | undefined

  return async () => {
    if (!known || performance.now() - known.atMs > FRESH_MS) {
      const disk = await statfs(path)
      // File systems without a fixed number of inodes (btrfs) report 0 of 0.
      known = { atMs: performance.now(), bytes: disk.bavail * disk.bsize, noInodes: disk.files > 0 && disk.ffree === 0 }
    }
    if (known.noInodes) throw new TintypeError('storage_full', 'The disk of the store can hold no more files.')
    if (known.bytes < minFreeBytes)
      throw new TintypeError(
        'storage_full',
        `The disk of the store has ${known.bytes} bytes free; uploads need at least ${minFreeBytes}.`,
        { details: { expected: minFreeBytes, received: known.bytes } },
      )
  }
}
