// Mends a run file: the very same content where it can be had; a list without it where not.

import { join } from 'node:path'
import { imagesOf } from '../../../../core/project/image-list.ts'
import { encodeRun, namedRuns, type StoredRun, sha256 } from '../../../history/revision.ts'
import { linkNew, makeFolder, sync, writeNew } from '../../fs/durable.ts'
import type { RunFault } from '../checks/segments.ts'
import type { Tools } from '../context.ts'
import { eachName, readText } from '../read/files.ts'
import { readHistory } from '../read/history.ts'
import { readPublished } from '../read/meta-json.ts'
import { rebuildList } from './rebuild-list.ts'
import { placeRevision, standInFor } from './revisions.ts'

export const mendRun = async (tools: Tools, projectId: string, fault: RunFault): Promise<string> => {
  const text = (await textFromMetaJson(tools, projectId, fault)) ?? (await textFromRuns(tools, projectId, fault.stored))
  if (text !== undefined) return placeRun(tools, projectId, fault.stored.id, text)
  const rebuilt = fault.isNewest ? await rebuildList(tools, projectId) : undefined
  const replaced = await replaceRevisions(tools, projectId, fault.stored.id)
  return rebuilt ?? `lost; ${replaced} old revisions that named it were replaced by the next one`
}

/** meta.json has the lines of all runs one after the other. */
const textFromMetaJson = async ({ paths }: Tools, projectId: string, { stored, revision }: RunFault) => {
  const state = await readPublished(paths, projectId)
  if (!state) return undefined
  const history = await readHistory(paths, projectId)
  const images = imagesOf(state.images)
  for (const number of [state.revision, revision]) {
    const named = history.find((entry) => entry.number === number)?.revision?.state.images.runs ?? []
    const at = named.findIndex((run) => run.stored?.id === stored.id)
    const start = named.slice(0, Math.max(at, 0)).reduce((sum, { count }) => sum + count, 0)
    const text = encodeRun(images.slice(start, start + stored.count))
    if (at >= 0 && sha256(text) === stored.sha256) return text
  }
  return undefined
}

/** Run files may have changed places. */
const textFromRuns = async ({ paths }: Tools, projectId: string, stored: StoredRun) => {
  for await (const name of eachName(paths.runs(projectId))) {
    const look = await readText(join(paths.runs(projectId), name))
    if (look.type === 'text' && sha256(look.text) === stored.sha256) return look.text
  }
  return undefined
}

const placeRun = (tools: Tools, projectId: string, id: string, text: string): Promise<string> =>
  tools.work(projectId, async (folder) => {
    const path = tools.paths.run(projectId, id)
    const own = join(folder, 'run.json')
    await writeNew(own, text)
    await makeFolder(tools.paths.runs(projectId))
    await tools.lost.move(path)
    await linkNew(own, path)
    await sync(tools.paths.runs(projectId))
    return 'written again, byte for byte'
  })

/** Old revisions that name a run which is lost are replaced by the next one that does not. @returns how many */
const replaceRevisions = (tools: Tools, projectId: string, runId: string): Promise<number> =>
  tools.work(projectId, (folder) =>
    tools.withLock(projectId, async () => {
      const history = await readHistory(tools.paths, projectId)
      const naming = history.filter(({ revision }) => revision && namedRuns(revision).includes(runId))
      const sound = history.map((entry) => (naming.includes(entry) ? { number: entry.number } : entry))
      for (const { number } of naming.toReversed())
        await placeRevision(tools, projectId, number, standInFor(number, sound), folder)
      await tools.lost.move(tools.paths.run(projectId, runId))
      return naming.length
    }),
  )
