// Where things go that a mend replaces or takes away: nothing is destroyed, it is moved out of the way.
//
//   .lost/<time>-<token>/projects/<project folder>/...    one folder a call of doctor, laid out as the store is

import { link, rename } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { makeFolder, sync } from '../fs/durable.ts'
import type { Paths } from '../paths.ts'
import { newToken } from '../staging/workspace.ts'
import { statOf } from './read/files.ts'

export interface Lost {
  /**
   * Moves something out of the store. @returns where it is now, undefined where there was nothing.
   */
  move(path: string): Promise<string | undefined>
  /**
   * Keeps what something else is about to replace: a file stays in its place and gets a second name here, so that
   * readers never find a gap; anything else is moved. A file of no bytes is not kept. @returns where it is now.
   */
  keep(path: string): Promise<string | undefined>
}

export const createLost = (paths: Paths, now: () => Date): Lost => {
  const stamp = now().toISOString().replaceAll(':', '-').slice(0, 19)
  const folder = join(paths.root, '.lost', `${stamp}-${newToken()}`)

  const placeFor = async (path: string): Promise<string> => {
    const place = join(folder, relative(paths.root, path))
    await makeFolder(dirname(place))
    for (let copy = 1; ; copy++) {
      const name = copy === 1 ? place : `${place}.${copy}`
      if (!(await statOf(name))) return name
    }
  }

  const move = async (path: string): Promise<string | undefined> => {
    if (!(await statOf(path))) return undefined
    const place = await placeFor(path)
    await rename(path, place)
    await sync(dirname(place))
    await sync(dirname(path))
    return place
  }

  return {
    move,

    async keep(path) {
      const stats = await statOf(path)
      if (!stats?.isFile()) return move(path)
      if (stats.size === 0) return undefined
      const place = await placeFor(path)
      await link(path, place)
      await sync(dirname(place))
      return place
    },
  }
}
