// Checks the workspaces under .tmp and the idempotency marks under .running for remains of processes that have ended.

import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { removeFile } from '../../fs/durable.ts'
import { ownerLives } from '../../staging/owner.ts'
import { ownerFault } from '../../staging/owner-file.ts'
import { OWNER_FILE, projectOfFolder } from '../../staging/workspace.ts'
import type { DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { listNames, readText, statOf } from '../read/files.ts'
import { needlessLink } from './links.ts'
import { unknownEntry } from './strays.ts'

/** Other names belong to short-lived folders, or to folders without an owner. */
const OWNER_NAME = /^[0-9a-z]{12}$/

/** Checks the workspaces of all processes, or of those that worked on one project. */
export async function* checkWorkspaces(context: DoctorContext, projectId?: string): AsyncGenerator<Problem> {
  for (const owner of await listNames(context.paths.tmp)) {
    const folder = join(context.paths.tmp, owner)
    const stats = await statOf(folder)
    if (!stats || folder === context.workspacePath) continue
    if (stats.isSymbolicLink()) {
      if (projectId === undefined) yield needlessLink(context, folder)
      continue
    }
    if (!stats.isDirectory()) {
      if (projectId === undefined)
        yield unknownEntry(context, folder, 'expected workspaces of processes only; not touched')
      continue
    }
    const problem = await checkWorkspace(context, folder, projectId)
    if (problem) yield problem
  }
}

/** Checks the marks of uploads with an Idempotency-Key. */
export async function* checkIdempotencyMarks(context: DoctorContext): AsyncGenerator<Problem> {
  for (const name of await listNames(context.paths.running)) {
    const path = join(context.paths.running, name)
    if (await ownerLives(path)) continue
    yield {
      kind: 'temporary_left',
      path: context.relativePath(path),
      detail: 'the process of this upload has ended; the next start of a server sweeps it',
      isRemains: true,
      async repair() {
        await removeFile(path)
        return 'removed'
      },
    }
  }
}

const checkWorkspace = async (
  context: DoctorContext,
  folder: string,
  projectId?: string,
): Promise<Problem | undefined> => {
  const file = join(folder, OWNER_FILE)
  const work = (await listNames(folder)).filter((name) => projectOfFolder(name) !== undefined)
  if (projectId !== undefined && !work.some((name) => projectOfFolder(name) === projectId)) return undefined
  if (!(await ownerLives(file))) {
    // Another process may be sweeping it.
    await sleep(context.waits.ownerSettleMs)
    return (await statOf(folder)) && abandoned(context, folder, work.length)
  }
  const fault = await findOwnerFault(file)
  if (fault === undefined || !OWNER_NAME.test(basename(folder))) return undefined
  await sleep(context.waits.ownerSettleMs)
  const confirmed = await findOwnerFault(file)
  if (confirmed === undefined || !(await statOf(folder))) return undefined
  return {
    kind: 'owner_damaged',
    path: context.relativePath(file),
    detail: `it ${confirmed}; the workspace is swept once its process has shown no sign of life for a minute`,
  }
}

const findOwnerFault = async (file: string): Promise<string | undefined> => {
  const found = await readText(file)
  if (found.type === 'missing') return 'is missing'
  return found.type === 'unusable' ? `is ${found.description}` : ownerFault(file, found.text)
}

const abandoned = (context: DoctorContext, folder: string, works: number): Problem => ({
  kind: 'temporary_left',
  path: context.relativePath(folder),
  detail: `its process has ended with ${works} uploads or changes under way; the next start of a server sweeps it`,
  isRemains: true,
  async repair() {
    await context.sweep()
    if (await statOf(folder)) throw new Error('expected the sweep to remove the folder, it is still there')
    return 'swept; published files of unfinished uploads were removed'
  },
})
