// Puts a picture in the place of one that is damaged or missing. What stood there is kept.

import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { linkNew, makeFolder, sync } from '../../fs/durable.ts'
import type { Tools } from '../context.ts'

/**
 * A reader finds the old file or the new one, never none or half of one.
 *
 * @param from a complete file in a folder of this process
 * @returns where the file is now that stood in that place, undefined where there was none
 */
export const placeVariant = async (tools: Tools, from: string, to: string): Promise<string | undefined> => {
  await makeFolder(dirname(to))
  await sync(from)
  const kept = await tools.lost.keep(to)
  // A second name, so that the file in our folder stays.
  const own = `${from}.placed`
  await linkNew(from, own)
  await rename(own, to)
  await sync(dirname(to))
  return kept
}
