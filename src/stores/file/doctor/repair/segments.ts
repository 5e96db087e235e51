// Mends a segment file: the very same content where it can be had; a list without it where not.

import { join } from 'node:path'
import { imagesOf } from '../../../../core/project/image-list.ts'
import { encodeSegment, namedSegments, type StoredSegment, sha256 } from '../../../history/revision.ts'
import { linkNew, makeFolder, sync, writeNew } from '../../fs/durable.ts'
import type { SegmentFault } from '../checks/segments.ts'
import type { Tools } from '../context.ts'
import { eachName, readText } from '../read/files.ts'
import { readHistory } from '../read/history.ts'
import { readPublished } from '../read/meta-json.ts'
import { rebuildList } from './rebuild-list.ts'
import { placeRevision, standInFor } from './revisions.ts'

export const mendSegment = async (tools: Tools, projectId: string, fault: SegmentFault): Promise<string> => {
  const text =
    (await textFromMetaJson(tools, projectId, fault)) ?? (await textFromSegments(tools, projectId, fault.stored))
  if (text !== undefined) return placeSegment(tools, projectId, fault.stored.id, text)
  const rebuilt = fault.isNewest ? await rebuildList(tools, projectId) : undefined
  const replaced = await replaceRevisions(tools, projectId, fault.stored.id)
  return rebuilt ?? `lost; ${replaced} old revisions that named it were replaced by the next one`
}

/** meta.json has the lines of all segments one after the other. */
const textFromMetaJson = async ({ paths }: Tools, projectId: string, { stored, revision }: SegmentFault) => {
  const state = await readPublished(paths, projectId)
  if (!state) return undefined
  const history = await readHistory(paths, projectId)
  const images = imagesOf(state.images)
  for (const number of [state.revision, revision]) {
    const named = history.find((entry) => entry.number === number)?.revision?.state.images.segments ?? []
    const at = named.findIndex((segment) => segment.stored?.id === stored.id)
    const start = named.slice(0, Math.max(at, 0)).reduce((sum, { count }) => sum + count, 0)
    const text = encodeSegment(images.slice(start, start + stored.count))
    if (at >= 0 && sha256(text) === stored.sha256) return text
  }
  return undefined
}

/** Segment files may have changed places. */
const textFromSegments = async ({ paths }: Tools, projectId: string, stored: StoredSegment) => {
  for await (const name of eachName(paths.segments(projectId))) {
    const look = await readText(join(paths.segments(projectId), name))
    if (look.type === 'text' && sha256(look.text) === stored.sha256) return look.text
  }
  return undefined
}

const placeSegment = (tools: Tools, projectId: string, id: string, text: string): Promise<string> =>
  tools.work(projectId, async (folder) => {
    const path = tools.paths.segment(projectId, id)
    const own = join(folder, 'run.json')
    await writeNew(own, text)
    await makeFolder(tools.paths.segments(projectId))
    await tools.lost.move(path)
    await linkNew(own, path)
    await sync(tools.paths.segments(projectId))
    return 'written again, byte for byte'
  })

/** Old revisions that name a segment which is lost are replaced by the next one that does not. @returns how many */
const replaceRevisions = (tools: Tools, projectId: string, segmentId: string): Promise<number> =>
  tools.work(projectId, (folder) =>
    tools.withLock(projectId, async () => {
      const history = await readHistory(tools.paths, projectId)
      const naming = history.filter(({ revision }) => revision && namedSegments(revision).includes(segmentId))
      const sound = history.map((entry) => (naming.includes(entry) ? { number: entry.number } : entry))
      for (const { number } of naming.toReversed())
        await placeRevision(tools, projectId, number, standInFor(number, sound), folder)
      await tools.lost.move(tools.paths.segment(projectId, segmentId))
      return naming.length
    }),
  )
