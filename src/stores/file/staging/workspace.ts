// A process's own folder under .tmp: everything that is not yet, or no longer, part of a project has its trace here.
//
//   .tmp/<owner>/owner.json                           who this is, and that it lives
//   .tmp/<owner>/<image id>@<project folder>/         one upload under way
//   .tmp/<owner>/<token>@<project folder>/            one commit or removal under way
//
// Whatever gets into a project gets there from here. So an owner whose folder was taken away (sweep.ts) can publish
// nothing of what it had begun, should it turn out to be alive. What it begins afterwards goes to a new folder.

import { existsSync } from 'node:fs'
import { mkdir, rename, rmdir, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isImageId } from '../../../core/names.ts'
import { randomIds } from '../../../core/random-id.ts'
import type { SharedSync } from '../fs/durable.ts'
import { codeOf, removeFile, removeFolder, sync, writeNew } from '../fs/durable.ts'
import { folderOf, type Paths, projectIdOf } from '../paths.ts'
import { LEFT, thisProcess } from './owner.ts'
import { sealOwner } from './owner-file.ts'

export interface WorkspaceOptions {
  paths: Paths
  /** Of the folder that all work shares. @default by itself */
  syncFolder?: SharedSync
}

export interface Workspace {
  /** This process's folder: another one after it was taken away. */
  readonly path: string
  /** Creates it; where that fails, {@link folder} tries again. */
  open(): Promise<void>
  /**
   * A new folder for work, on a project if one is given. Remove it when that work is done.
   *
   * @param token what its name begins with: the id of the image that is uploaded. @default one that nobody else has
   */
  folder(projectId?: string, token?: string): Promise<string>
  /** Makes the name of a folder durable, so that it is found after a power cut. */
  secure(folder: string): Promise<void>
  /**
   * Gives a folder, whose work could not be cleaned up, to the next sweep of any process. Where that cannot be (it takes
   * an inode, which a full disk has not), {@link leaveRest} does it later. Never throws.
   */
  leave(folder: string): Promise<void>
  leaveRest(): Promise<void>
  /** What is still in the folder is left to a sweep. */
  close(): Promise<void>
}

/** Name of the file that tells whose folder it is. */
export const OWNER_FILE = 'owner.json'

/** How often an owner shows that it lives, for those who cannot see its process. */
const HEARTBEAT_MS = 10_000

/** A name that nobody else has: 12 of `0-9 a-z`, 62 random bits. */
export const newToken: () => string = randomIds(12)

export const createWorkspace = ({ paths, syncFolder = sync }: WorkspaceOptions): Workspace => {
  let path = join(paths.tmp, newToken())
  let heartbeat: NodeJS.Timeout | undefined
  let opening: Promise<void> | undefined
  let closed = false
  const rest = new Set<string>()

  const begin = async (): Promise<void> => {
    const ownerFile = join(path, OWNER_FILE)
    await mkdir(path)
    try {
      await writeNew(ownerFile, sealOwner(ownerFile, await thisProcess()))
      await sync(path)
      await sync(paths.tmp)
    } catch (error) {
      // Work in a folder that says nothing of its owner would be swept away.
      await removeFolder(path).catch(() => {})
      throw error
    }
    clearInterval(heartbeat)
    heartbeat = setInterval(() => {
      const now = new Date()
      utimes(ownerFile, now, now).catch(() => {})
    }, HEARTBEAT_MS).unref()
  }

  /** Takes another path each time, so that a folder of before and one of now are told apart. */
  const beginAgain = (): Promise<void> => {
    path = join(paths.tmp, newToken())
    return begin()
  }

  const folderIn = async (owner: string, projectId: string | undefined, token: string): Promise<string> => {
    const folder = join(owner, projectId === undefined ? token : `${token}@${folderOf(projectId)}`)
    await mkdir(folder)
    return folder
  }

  const leave = async (folder: string): Promise<void> => {
    const left = join(paths.tmp, newToken() + LEFT)
    try {
      await mkdir(left)
      await sync(paths.tmp)
      await rename(folder, join(left, basename(folder)))
      rest.delete(folder)
    } catch {
      await rmdir(left).catch(() => {})
      // It may be the new place that was swept away, which is empty, and not the folder.
      if (existsSync(folder)) rest.add(folder)
      else rest.delete(folder)
    }
  }

  return {
    get path() {
      return path
    },

    open: begin,

    async folder(projectId, token = newToken()) {
      const owner = path
      try {
        return await folderIn(owner, projectId, token)
      } catch (error) {
        if (closed || codeOf(error) !== 'ENOENT') throw error
        if (owner === path) opening = beginAgain()
        await opening
        return folderIn(path, projectId, token)
      }
    },

    secure: (folder) => syncFolder(dirname(folder)),

    leave,

    async leaveRest() {
      for (const folder of rest) await leave(folder)
    },

    async close() {
      closed = true
      clearInterval(heartbeat)
      try {
        await removeFile(join(path, OWNER_FILE))
        await rmdir(path)
      } catch {
        await rename(path, path + LEFT).catch(() => {})
      }
    },
  }
}

/**
 * Images that a folder of {@link Workspace.folder} is for: the one whose upload it is, by its name. Also those that its
 * files are named by, as the versions before had it.
 */
export const imagesOfWork = (folder: string, files: readonly string[]): ReadonlySet<string> =>
  new Set([folder, ...files].map((name) => name.split(/[@.]/)[0] ?? '').filter(isImageId))

/** The project that a folder of {@link Workspace.folder} is for, undefined for any other name. */
export const projectOfFolder = (name: string): string | undefined => {
  const at = name.indexOf('@')
  return at < 0 ? undefined : projectIdOf(name.slice(at + 1))
}
