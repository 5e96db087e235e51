// Paths of the store on disk.

import { join, resolve } from 'node:path'
import { fileNameOf, isProjectId, VARIANTS, type VariantName } from '../../core/names.ts'

/** Name of the folder of atlas pages beside those of images in the cache. */
export const PAGES_FOLDER = 'atlas'

export type Paths = ReturnType<typeof createPaths>

/** Absolute paths, so that a program may change its working folder. */
export const createPaths = (storageDir: string) => {
  const root = resolve(storageDir)
  const projects = join(root, 'projects')
  const project = (projectId: string) => join(projects, folderOf(projectId))
  const meta = (projectId: string) => join(project(projectId), '.meta')
  return {
    root,
    projects,
    tmp: join(root, '.tmp'),
    cache: join(root, '.cache'),
    /** The index of all projects, and the hints of changes between processes. */
    catalogue: join(root, '.cache', '.catalogue'),
    catalogueIndex: join(root, '.cache', '.catalogue', 'index'),
    catalogueHints: join(root, '.cache', '.catalogue', 'changes'),
    /** Marks of uploads under way, by their Idempotency-Key. */
    running: join(root, '.running'),
    /** Renders of one image, which can be made again. */
    cached: (projectId: string, imageId: string) => join(root, '.cache', folderOf(projectId), imageId),
    /** Pages of atlases of a project; its name is no id of an image. */
    cachedPages: (projectId: string) => join(root, '.cache', folderOf(projectId), PAGES_FOLDER),
    project,
    variants: (projectId: string, name: VariantName) => join(project(projectId), name),
    variant: (projectId: string, imageId: string, name: VariantName) =>
      join(project(projectId), name, fileNameOf(imageId, name)),
    /** The newest revision, for people. */
    published: (projectId: string) => join(project(projectId), 'meta.json'),
    lock: (projectId: string) => join(project(projectId), 'meta.lock'),
    meta,
    revision: (projectId: string, revision: number) => join(meta(projectId), `${revision}.json`),
    segments: (projectId: string) => join(meta(projectId), 'runs'),
    /** Changes of pruned revisions. */
    changes: (projectId: string) => join(meta(projectId), 'changes'),
    changeFile: (projectId: string, first: number) => join(meta(projectId), 'changes', `${first}.json`),
    /** Every folder in the folder of a project. */
    folders: (projectId: string) => [
      meta(projectId),
      join(meta(projectId), 'runs'),
      join(meta(projectId), 'changes'),
      ...VARIANTS.map((name) => join(project(projectId), name)),
    ],
    segment: (projectId: string, segmentId: string) => join(meta(projectId), 'runs', `${segmentId}.json`),
  }
}

/**
 * The folder of a project. Ids that differ only in case must not meet on a disk that ignores case, so `A` is written
 * `!a`, as in Go's module cache (golang.org/ref/mod#goproxy-protocol); `!` is no character of an id.
 */
export const folderOf = (projectId: string): string =>
  projectId.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)

/** Project id of a folder's name, undefined where {@link folderOf} makes no such name. */
export const projectIdOf = (folder: string): string | undefined => {
  const projectId = folder.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return isProjectId(projectId) && folderOf(projectId) === folder ? projectId : undefined
}
