// Files that should not be there once a store has come to rest.

import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { VARIANTS, variantsOf } from '../../../src/core/names.ts'
import { createPaths, type Paths, projectIdOf } from '../../../src/stores/file/paths.ts'
import { decodeChanges } from '../../../src/stores/history/change-file.ts'
import { orUndefined, readProject, runsNamedBy } from './read-project.ts'

/** One line for each file or folder of a resting store that nothing accounts for, from `stray: `. */
export const straysIn = async (storageDir: string): Promise<string[]> => {
  const paths = createPaths(storageDir)
  const strays = [...(await straysInTmp(paths.tmp)), ...(await everythingIn(paths.running))]
  for (const folder of await readdir(paths.projects)) {
    const projectId = projectIdOf(folder)
    if (projectId === undefined) strays.push(join(paths.projects, folder))
    else strays.push(...(await straysInProject(storageDir, projectId)))
  }
  return strays.map((path) => `stray: ${relative(storageDir, path)}`).sort()
}

/** The same, at the latest this long after a restart: what the dead left is removed while requests are answered. */
export const straysAfterSweep = async (storageDir: string, longestMs = 10_000): Promise<string[]> => {
  const deadline = Date.now() + longestMs
  for (;;) {
    const strays = await straysIn(storageDir)
    if (strays.length === 0 || Date.now() > deadline) return strays
    await sleep(100)
  }
}

const straysInProject = async (storageDir: string, projectId: string): Promise<string[]> => {
  const paths = createPaths(storageDir)
  const { revisions, images } = await readProject(storageDir, projectId)
  const expected = new Set([
    paths.published(projectId),
    paths.meta(projectId),
    paths.segments(projectId),
    paths.changes(projectId),
    ...(await changeFiles(paths, projectId)),
    ...revisions.map(({ state }) => paths.revision(projectId, state.revision)),
    ...revisions.flatMap(runsNamedBy).map((segment) => paths.segment(projectId, segment)),
    ...VARIANTS.map((name) => paths.variants(projectId, name)),
    ...images.flatMap(({ id, sizes }) => variantsOf(sizes).map((name) => paths.variant(projectId, id, name))),
  ])
  return (await everythingIn(paths.project(projectId))).filter((path) => !expected.has(path))
}

/** Intact files of the changes of pruned revisions. */
const changeFiles = async (paths: Paths, projectId: string): Promise<string[]> => {
  const intact: string[] = []
  for (const path of await everythingIn(paths.changes(projectId))) {
    const text = await orUndefined(readFile(path, 'utf8'))
    if (text !== undefined && decodeChanges(text, projectId, Number.parseInt(basename(path), 10)).length > 0)
      intact.push(path)
  }
  return intact
}

/** A process that lives has a folder with nothing but its owner file. */
const straysInTmp = async (tmp: string): Promise<string[]> => {
  const strays: string[] = []
  for (const path of await everythingIn(tmp)) {
    const [, name, ...below] = relative(tmp, path).split('/')
    if (name !== undefined && (name !== 'owner.json' || below.length > 0)) strays.push(path)
  }
  return strays
}

const everythingIn = async (folder: string): Promise<string[]> => {
  const entries = (await orUndefined(readdir(folder, { recursive: true, withFileTypes: true }))) ?? []
  return entries.map((entry) => join(entry.parentPath, entry.name))
}
