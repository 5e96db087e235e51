// A store in a folder, as the source or target of a copy.

import { chmod, readdir, rename, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TintypeError } from '../../core/errors.ts'
import { isImageId, SIZES, type VariantName } from '../../core/names.ts'
import { isPartial, markWhole } from '../fallback/partial.ts'
import { revisionNumbers } from '../file/commit/revision-file.ts'
import { assertKnownFormat, writeFormat } from '../file/format.ts'
import {
  linkOnce,
  makeFolder,
  readText,
  removeFile,
  removeFolder,
  sync,
  unlessMissing,
  writeNew,
} from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { openPlainFile, plainFileStats, refuseLinkedProject, refuseLinks } from '../file/fs/no-follow.ts'
import { createPaths, projectIdOf } from '../file/paths.ts'
import { createWorkspace } from '../file/staging/workspace.ts'
import { publishedText } from '../history/revision.ts'
import { checked } from './checked.ts'
import { RECORD_ROOTS } from './copy-records.ts'
import type { CopyTarget, VariantFile } from './place.ts'

export interface FolderPlaceOptions {
  /** Reads a file that is missing in the folder. @default nothing does */
  readElsewhere?: (file: VariantFile) => AsyncIterable<Uint8Array>
}

export const createFolderPlace = (folder: string, { readElsewhere }: FolderPlaceOptions = {}): CopyTarget => {
  const paths = createPaths(folder)
  const workspace = createWorkspace({ paths })
  /** Work folder of all files under way. */
  let work: string | undefined
  let count = 0

  const draft = (): string => {
    if (work === undefined) throw new Error('the folder is not open for writing')
    return join(work, String(++count))
  }

  const assertPlain = (projectId: string) => refuseLinkedProject(paths, projectId, ...paths.folders(projectId))

  const place = (file: VariantFile): string => paths.variant(file.projectId, file.imageId, file.name)

  return {
    name: paths.root,

    async open() {
      assertKnownFormat(paths.root)
      if ((await namesIn(paths.root)).includes('projects')) return
      throw new TintypeError('store_unavailable', `Expected a store in ${paths.root}; it has no folder "projects".`)
    },

    async openToWrite() {
      assertKnownFormat(paths.root)
      await makeFolder(paths.projects)
      await makeFolder(paths.tmp)
      for (const each of [paths.projects, paths.tmp]) refuseLinks(paths.root, each)
      await workspace.open()
      await writeFormat(paths, workspace)
      work = await workspace.folder()
      // Made again by the next server: the one of before does not know what a copy changes.
      await removeFolder(paths.catalogue)
    },

    async projectIds() {
      return (await namesIn(paths.projects)).flatMap((name) => projectIdOf(name) ?? []).sort()
    },

    async revisions(projectId) {
      assertPlain(projectId)
      return revisionNumbers(paths.meta(projectId))
    },

    revision: (projectId, number) => readText(paths.revision(projectId, number)).catch(unlessMissing),
    segment: (projectId, segmentId) => readText(paths.segment(projectId, segmentId)).catch(unlessMissing),

    async *read(file) {
      const opened = await openPlainFile(place(file))
      if (!opened && readElsewhere) {
        yield* readElsewhere(file)
        return
      }
      if (!opened) throw new Error(isPartial(paths.root) ? `it is missing; ${ONLY_IN_BUCKET}` : 'it is missing')
      try {
        yield* opened.read(0, opened.bytes)
      } finally {
        await opened.close()
      }
    },

    async variants(projectId, name) {
      const found = new Map<string, number>()
      for (const each of await namesIn(paths.variants(projectId, name))) {
        const stats = plainFileStats(join(paths.variants(projectId, name), each))
        const imageId = each.split('.')[0] ?? ''
        if (stats && isImageId(imageId)) found.set(imageId, stats.size)
      }
      return found
    },

    async records() {
      const found: string[] = []
      const collect = async (folder: string): Promise<void> => {
        refuseLinks(paths.root, join(paths.root, folder))
        const entries = (await readdir(join(paths.root, folder), { withFileTypes: true }).catch(unlessMissing)) ?? []
        for (const entry of entries) {
          const path = `${folder}/${entry.name}`
          // Drafts of records.
          if (entry.name.startsWith('.')) continue
          if (entry.isDirectory()) await collect(path)
          else if (entry.isFile()) found.push(path)
        }
      }
      for (const root of RECORD_ROOTS) await collect(root)
      return found.sort()
    },

    record: (path) => readText(join(paths.root, path)).catch(unlessMissing),

    async putRecord(path, text) {
      const folder = join(paths.root, dirname(path))
      refuseLinks(paths.root, folder)
      await makeFolder(join(paths.root, path.split('/')[0] ?? ''))
      // Private: hashes of passwords, and the secret of all tokens.
      await chmod(join(paths.root, path.split('/')[0] ?? ''), 0o700)
      await makeFolder(folder)
      const own = draft()
      await writeNew(own, text)
      await rename(own, join(paths.root, path))
      await sync(folder)
    },

    async removeRecord(path) {
      refuseLinks(paths.root, join(paths.root, dirname(path)))
      await removeFile(join(paths.root, path))
      // An ended session has no folder.
      await rmdir(join(paths.root, dirname(path))).catch(() => {})
    },

    segments: async (projectId) =>
      (await namesIn(paths.segments(projectId))).flatMap((name) => /^([0-9a-z]+)\.json$/.exec(name)?.[1] ?? []),

    async prepare(projectId, isDeleted) {
      assertPlain(projectId)
      await makeFolder(paths.segments(projectId))
      for (const size of isDeleted ? [] : SIZES) await makeFolder(paths.variants(projectId, size))
    },

    async putVariant(file, content) {
      const path = draft()
      await writeNew(path, checked(content, file.content))
      if (file.name === 'source') await makeFolder(paths.variants(file.projectId, 'source'))
      await rename(path, place(file))
    },

    async putSegment(projectId, segmentId, text) {
      const path = draft()
      await writeNew(path, text)
      await rename(path, paths.segment(projectId, segmentId))
    },

    async secure(projectId) {
      for (const each of [paths.segments(projectId), ...variantFolders(projectId)])
        await sync(each).catch(unlessMissing)
    },

    async putRevision(projectId, number, text) {
      const path = draft()
      await writeNew(path, text)
      const { outcome } = await linkOnce(path, paths.revision(projectId, number), text)
      await sync(paths.meta(projectId))
      await removeFile(path)
      return outcome === 'ours'
    },

    removeRevision: (projectId, number) => removeFile(paths.revision(projectId, number)),
    removeSegment: (projectId, segmentId) => removeFile(paths.segment(projectId, segmentId)),
    removeVariant: (projectId, imageId, name) => removeFile(paths.variant(projectId, imageId, name)),

    async publish(state) {
      const { project_id: projectId } = state
      if (state.deleted) return removeFile(paths.published(projectId))
      const path = draft()
      await writeNew(
        path,
        publishedText(state, (id) => readText(paths.segment(projectId, id))),
      )
      await rename(path, paths.published(projectId))
    },

    async isPublished({ project_id: projectId, revision, deleted }) {
      const text = await readText(paths.published(projectId)).catch(unlessMissing)
      return deleted ? text === undefined : text?.includes(`\n  "revision": ${revision},\n`) === true
    },

    mayLackFiles: () => isPartial(paths.root),
    completed: () => markWhole(paths.root),

    async close() {
      if (work !== undefined) await removeFolder(work)
      if (work !== undefined) await workspace.close()
    },
  }

  function variantFolders(projectId: string): string[] {
    return VARIANT_NAMES.map((name) => paths.variants(projectId, name))
  }
}

const ONLY_IN_BUCKET = 'the bucket of FALLBACK may have it: set that variable as the server has it'

const VARIANT_NAMES: readonly VariantName[] = [...SIZES, 'source']
