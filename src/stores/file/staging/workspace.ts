// Workspace: a process's own folder under .tmp, with a work folder for each upload, commit and removal under way.
//
//   .tmp/<owner>/owner.json                           the process; its modification time is a heartbeat
//   .tmp/<owner>/<image id>@<project folder>/         one upload under way
//   .tmp/<owner>/<token>@<project folder>/            one commit or removal under way
//
// Every file of a project comes from here, by a rename or a link. So a process whose workspace was swept (sweep.ts) can
// publish nothing of its begun work, should it be alive after all. Later work goes to a new workspace.

import { existsSync } from 'node:fs'
import { lutimes, mkdir, rename, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isImageId } from '../../../core/names.ts'
import { randomIds } from '../../../core/random-id.ts'
import type { SharedSync } from '../fs/durable.ts'
import { codeOf, removeFile, removeFolder, sync, writeNew } from '../fs/durable.ts'
import { linkBelow, refuseLinks } from '../fs/no-follow.ts'
import { folderOf, type Paths, projectIdOf } from '../paths.ts'
import { LEFT, thisProcess } from './owner.ts'
import { sealOwner } from './owner-file.ts'

export interface WorkspaceOptions {
  paths: Paths
  /** Syncs the workspace, which all work shares. @default each time */
  syncFolder?: SharedSync
}

export interface Workspace {
  /** Path of the workspace: another one after it was swept. */
  readonly path: string
  /** Creates the workspace; where that fails, {@link folder} tries again. */
  open(): Promise<void>
  /**
   * Creates a work folder. Remove it when the work is done.
   *
   * @param projectId project that the work is on. @default none
   * @param token begins the name: the image id of an upload. @default a unique one
   */
  folder(projectId?: string, token?: string): Promise<string>
  /** Makes the name of a work folder durable, so that it is found after a power cut. */
  secure(folder: string): Promise<void>
  /**
   * Leaves a work folder that could not be cleaned up to the next sweep of any process. Where that fails (it needs an
   * inode, which a full disk may lack), {@link leaveRest} repeats it. Never throws.
   */
  leave(folder: string): Promise<void>
  leaveRest(): Promise<void>
  /** Removes the workspace; work folders that remain are left to a sweep. */
  close(): Promise<void>
}

/** Name of the file that identifies the owner. */
export const OWNER_FILE = 'owner.json'

/** Interval of heartbeats, for processes that cannot see this one, in milliseconds. */
const HEARTBEAT_MS = 10_000

/** Returns a unique name: 12 of `0-9 a-z`, 62 random bits. */
export const newToken: () => string = randomIds(12)

export const createWorkspace = ({ paths, syncFolder = sync }: WorkspaceOptions): Workspace => {
  let path = join(paths.tmp, newToken())
  let heartbeat: NodeJS.Timeout | undefined
  /** Under way where the workspace was swept. */
  let renewing: Promise<void> | undefined
  let closed = false
  const rest = new Set<string>()

  const begin = async (workspace: string): Promise<void> => {
    const ownerFile = join(workspace, OWNER_FILE)
    refuseLinks(paths.root, paths.tmp)
    await mkdir(workspace)
    try {
      await writeNew(ownerFile, sealOwner(ownerFile, await thisProcess()))
      await sync(workspace)
      await sync(paths.tmp)
    } catch (error) {
      // A workspace without an owner file would be swept.
      await removeFolder(workspace).catch(() => {})
      throw error
    }
    clearInterval(heartbeat)
    heartbeat = setInterval(() => {
      const now = new Date()
      if (!linkBelow(paths.root, dirname(ownerFile))) lutimes(ownerFile, now, now).catch(() => {})
    }, HEARTBEAT_MS).unref()
  }

  /**
   * Uses a new path each time, so that work folders of a swept workspace are recognized. It is the path of the workspace
   * only once it exists: an owner without a folder is taken for dead.
   */
  const beginAgain = async (): Promise<void> => {
    const renewed = join(paths.tmp, newToken())
    await begin(renewed)
    path = renewed
  }

  /** Calls during one renewal share it. */
  const renew = (): Promise<void> => {
    renewing ??= beginAgain().finally(() => {
      renewing = undefined
    })
    return renewing
  }

  const folderIn = async (owner: string, projectId: string | undefined, token: string): Promise<string> => {
    const folder = join(owner, projectId === undefined ? token : `${token}@${folderOf(projectId)}`)
    refuseLinks(paths.root, owner)
    await mkdir(folder)
    return folder
  }

  const leave = async (folder: string): Promise<void> => {
    const left = join(paths.tmp, newToken() + LEFT)
    try {
      refuseLinks(paths.root, dirname(folder))
      await mkdir(left)
      await sync(paths.tmp)
      await rename(folder, join(left, basename(folder)))
      rest.delete(folder)
    } catch {
      await rmdir(left).catch(() => {})
      // A sweep may have removed the new folder, still empty, instead of the work folder.
      if (existsSync(folder)) rest.add(folder)
      else rest.delete(folder)
    }
  }

  return {
    get path() {
      return path
    },

    open: () => begin(path),

    async folder(projectId, token = newToken()) {
      const owner = path
      try {
        return await folderIn(owner, projectId, token)
      } catch (error) {
        if (closed || codeOf(error) !== 'ENOENT') throw error
        if (owner === path) await renew()
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
      await renewing?.catch(() => {})
      clearInterval(heartbeat)
      if (linkBelow(paths.root, path)) return
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
 * Images of a work folder: of its upload, by the folder's name, and by the names of its files, as in folders of older
 * versions.
 */
export const imagesOfWork = (folder: string, files: readonly string[]): ReadonlySet<string> =>
  new Set([folder, ...files].map((name) => name.split(/[@.]/)[0] ?? '').filter(isImageId))

/** Project of a work folder, undefined for any other name. */
export const projectOfFolder = (name: string): string | undefined => {
  const at = name.indexOf('@')
  return at < 0 ? undefined : projectIdOf(name.slice(at + 1))
}
