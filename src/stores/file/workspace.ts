// A process's own folder under .tmp: everything that is not yet, or no longer, part of a project has its trace here.
//
//   .tmp/<owner>/owner.json                           who this is, and that it lives
//   .tmp/<owner>/<token>@<project folder>/            one upload, commit or removal under way
//
// Whatever is linked into a project is linked from here. So a folder that was taken away from a dead owner (sweep.ts)
// cannot publish anything any more, should its owner turn out to be alive.

import { mkdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { customAlphabet } from 'nanoid'
import { makeFolder, removeFolder, sync, writeNew } from './durable.ts'
import { thisProcess } from './owner.ts'
import { folderOf, type Paths, projectIdOf } from './paths.ts'

export interface WorkspaceOptions {
  paths: Paths
}

export interface Workspace {
  /** This process's folder. */
  readonly path: string
  /** Creates it. */
  open(): Promise<void>
  /** A new folder for work on a project. Remove it when that work is done. */
  folder(projectId: string): Promise<string>
  /** Makes the names of a folder durable, so that they are found after a power cut. */
  secure(folder: string): Promise<void>
  close(): Promise<void>
}

/** Name of the file that tells whose folder it is. */
export const OWNER_FILE = 'owner.json'

/** How often an owner shows that it lives, for those who cannot see its process. */
const HEARTBEAT_MS = 10_000

/** A name that nobody else has: 12 of `0-9 a-z`, 62 random bits. */
export const newToken: () => string = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 12)

export const createWorkspace = ({ paths }: WorkspaceOptions): Workspace => {
  const path = join(paths.tmp, newToken())
  const ownerFile = join(path, OWNER_FILE)
  let heartbeat: NodeJS.Timeout | undefined

  return {
    path,

    async open() {
      await makeFolder(path)
      await writeNew(ownerFile, JSON.stringify(await thisProcess()))
      await sync(path)
      heartbeat = setInterval(() => {
        const now = new Date()
        utimes(ownerFile, now, now).catch(() => {})
      }, HEARTBEAT_MS).unref()
    },

    async folder(projectId) {
      const folder = join(path, `${newToken()}@${folderOf(projectId)}`)
      await mkdir(folder)
      return folder
    },

    async secure(folder) {
      await sync(folder)
      await sync(path)
    },

    async close() {
      clearInterval(heartbeat)
      // What cannot be removed, such as a folder that could never be made, is left to a sweep.
      await removeFolder(path).catch(() => {})
    },
  }
}

/** The project that a folder of {@link Workspace.folder} is for, undefined for any other name. */
export const projectOfFolder = (name: string): string | undefined => {
  const at = name.indexOf('@')
  return at < 0 ? undefined : projectIdOf(name.slice(at + 1))
}
