// Lost and found: keeps everything that a repair replaces or takes out of the store.
//
//   .lost/<time>-<token>/projects/<project folder>/...    one folder for each call of the doctor, laid out as the store

import { link, rename } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { makeFolder, sync } from '../fs/durable.ts'
import { refuseLinks } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import { newToken } from '../staging/workspace.ts'
import { statOf } from './read/files.ts'

export interface LostAndFound {
  /** Moves an entry out of the store. @returns its new path, undefined where there was none */
  move(path: string): Promise<string | undefined>
  /**
   * Keeps an entry that is about to be replaced. A file stays where it is and gets a second link, so that readers never
   * find a gap; anything else is moved. An empty file is not kept. @returns the path where it is kept
   */
  keep(path: string): Promise<string | undefined>
}

export const createLostAndFound = (paths: Paths, now: () => Date): LostAndFound => {
  const stamp = now().toISOString().replaceAll(':', '-').slice(0, 19)
  const folder = join(paths.root, '.lost', `${stamp}-${newToken()}`)

  const freePathFor = async (path: string): Promise<string> => {
    refuseLinks(paths.root, dirname(path))
    refuseLinks(paths.root, folder)
    const wanted = join(folder, relative(paths.root, path))
    await makeFolder(dirname(wanted))
    for (let copy = 1; ; copy++) {
      const candidate = copy === 1 ? wanted : `${wanted}.${copy}`
      if (!(await statOf(candidate))) return candidate
    }
  }

  const move = async (path: string): Promise<string | undefined> => {
    if (!(await statOf(path))) return undefined
    const target = await freePathFor(path)
    await rename(path, target)
    await sync(dirname(target))
    await sync(dirname(path))
    return target
  }

  return {
    move,

    async keep(path) {
      const stats = await statOf(path)
      if (!stats?.isFile()) return move(path)
      if (stats.size === 0) return undefined
      const target = await freePathFor(path)
      await link(path, target)
      await sync(dirname(target))
      return target
    },
  }
}
