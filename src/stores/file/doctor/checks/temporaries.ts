// The folders of processes under .tmp: what they say is under way, and those whose process is gone.

import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WHOLE_PROJECT_MARK } from '../../cleanup/sweep.ts'
import { SEGMENT_FILE } from '../../commit/segments.ts'
import { removeFile } from '../../fs/durable.ts'
import type { Paths } from '../../paths.ts'
import { ownerLives } from '../../staging/owner.ts'
import { ownerFault } from '../../staging/owner-file.ts'
import { imagesOfWork, OWNER_FILE, projectOfFolder } from '../../staging/workspace.ts'
import type { Tools } from '../context.ts'
import type { Problem } from '../problem.ts'
import { namesIn, readText, statOf } from '../read/files.ts'

/** What the folders of processes name: it may be on its way into a project, or out of it. */
export interface UnderWay {
  images: ReadonlySet<string>
  segments: ReadonlySet<string>
  wholeProject: boolean
  /** Folders of work on the project, of any kind. */
  folders: number
}

/** Other names are those of what is there for a moment, or of what nobody owns any more. */
const OWNER_NAME = /^[0-9a-z]{12}$/

/**
 * Work on a project that is under way. Look here before the head is read: what is neither named here nor, later, by
 * the head, belongs to nobody.
 *
 * @param whose with `living`, only work of processes that are not known to be gone
 */
export const underWay = async (paths: Paths, projectId: string, whose: 'all' | 'living'): Promise<UnderWay> => {
  const images = new Set<string>()
  const segments = new Set<string>()
  let wholeProject = false
  let folders = 0
  for (const owner of await namesIn(paths.tmp)) {
    const ofProject = (await namesIn(join(paths.tmp, owner))).filter((name) => projectOfFolder(name) === projectId)
    if (ofProject.length === 0) continue
    if (whose === 'living' && !(await ownerLives(join(paths.tmp, owner, OWNER_FILE)))) continue
    for (const folder of ofProject) {
      folders++
      const names = await namesIn(join(paths.tmp, owner, folder))
      for (const imageId of imagesOfWork(folder, names)) images.add(imageId)
      for (const name of names) {
        const segmentId = SEGMENT_FILE.exec(name)?.[1]
        if (segmentId !== undefined) segments.add(segmentId)
        if (name === WHOLE_PROJECT_MARK) wholeProject = true
      }
    }
  }
  return { images, segments, wholeProject, folders }
}

/** True where a process works with the store that is not this one. */
export const othersLive = async ({ paths, ownFolder }: Tools): Promise<boolean> => {
  for (const owner of await namesIn(paths.tmp)) {
    const folder = join(paths.tmp, owner)
    if (folder !== ownFolder && (await ownerLives(join(folder, OWNER_FILE)))) return true
  }
  return false
}

/** Looks at every process's folder; for one project, at those that worked on it. */
export async function* checkTemporaries(tools: Tools, projectId?: string): AsyncGenerator<Problem> {
  for (const owner of await namesIn(tools.paths.tmp)) {
    const folder = join(tools.paths.tmp, owner)
    const stats = await statOf(folder)
    if (!stats || folder === tools.ownFolder) continue
    if (!stats.isDirectory()) {
      if (projectId === undefined) yield unknown(tools, folder)
      continue
    }
    const problem = await checkOwner(tools, folder, projectId)
    if (problem) yield problem
  }
}

/** Uploads with an Idempotency-Key whose process is gone. */
export async function* checkClaims(tools: Tools): AsyncGenerator<Problem> {
  for (const name of await namesIn(tools.paths.running)) {
    const path = join(tools.paths.running, name)
    if (!(await ownerLives(path)))
      yield {
        kind: 'temporary_left',
        path: tools.name(path),
        detail: 'the process of this upload is gone',
        async mend() {
          await removeFile(path)
          return 'removed'
        },
      }
  }
}

const checkOwner = async (tools: Tools, folder: string, projectId?: string): Promise<Problem | undefined> => {
  const file = join(folder, OWNER_FILE)
  const work = (await namesIn(folder)).filter((name) => projectOfFolder(name) !== undefined)
  if (projectId !== undefined && !work.some((name) => projectOfFolder(name) === projectId)) return undefined
  if (!(await ownerLives(file))) {
    // Somebody may be sweeping it.
    await sleep(tools.waits.ownerMomentMs)
    return (await statOf(folder)) && left(tools, folder, work.length)
  }
  const fault = await faultOf(file)
  if (fault === undefined || !OWNER_NAME.test(basename(folder))) return undefined
  await sleep(tools.waits.ownerMomentMs)
  const again = await faultOf(file)
  if (again === undefined || !(await statOf(folder))) return undefined
  return {
    kind: 'owner_damaged',
    path: tools.name(file),
    detail: `it ${again}; the folder is swept once its process has been silent for a minute`,
  }
}

const faultOf = async (file: string): Promise<string | undefined> => {
  const look = await readText(file)
  if (look.type === 'missing') return 'is missing'
  return look.type === 'odd' ? `is ${look.what}` : ownerFault(file, look.text)
}

const left = (tools: Tools, folder: string, works: number): Problem => ({
  kind: 'temporary_left',
  path: tools.name(folder),
  detail: `its process is gone; ${works} uploads or changes were under way`,
  async mend() {
    await tools.sweep()
    if (await statOf(folder)) throw new Error('the folder is still there')
    return 'swept: what it had published of unfinished uploads was taken back'
  },
})

const unknown = (tools: Tools, path: string): Problem => ({
  kind: 'unknown_entry',
  path: tools.name(path),
  detail: 'expected folders of processes only',
})
