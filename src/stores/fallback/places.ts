// Places of the continual copy of a folder to a bucket that nobody else writes to.

import { LRUCache } from 'lru-cache'
import type { VariantName } from '../../core/names.ts'
import type { CopySource, CopyTarget } from '../copy/place.ts'
import { sync } from '../file/fs/durable.ts'
import type { Paths } from '../file/paths.ts'

/**
 * A folder that gives durable revisions alone. Else a power cut could take one back that the bucket has, and its number
 * would be given to another.
 */
export const createDurableSource = (source: CopySource, paths: Paths): CopySource => ({
  ...source,
  async revisions(projectId) {
    const numbers = await source.revisions(projectId)
    if (numbers.length > 0) await sync(paths.meta(projectId))
    return numbers
  },
})

export interface RememberingTarget extends CopyTarget {
  /** Forgets what is in the bucket: it is listed anew. */
  forget(): void
}

/** Names of a project's objects. */
interface Listed {
  revisions?: Promise<Set<number>>
  segments?: Promise<Set<string>>
  variants: Map<VariantName, Promise<Map<string, number>>>
}

/** Projects whose listings are in memory: 100 bytes an object. */
const MOST_PROJECTS = 32

/** A target that lists each project once, and from then on knows what it has written. */
export const createRememberingTarget = (target: CopyTarget): RememberingTarget => {
  const projects = new LRUCache<string, Listed>({ max: MOST_PROJECTS })
  /** Texts of records. */
  let records = new Map<string, string | undefined>()
  let listedRecords: Promise<Set<string>> | undefined

  const listedOf = (projectId: string): Listed => {
    const found = projects.get(projectId) ?? { variants: new Map() }
    projects.set(projectId, found)
    return found
  }

  const revisionsOf = (projectId: string): Promise<Set<number>> => {
    const listed = listedOf(projectId)
    listed.revisions ??= target.revisions(projectId).then((numbers) => new Set(numbers))
    return listed.revisions
  }

  const segmentsOf = (projectId: string): Promise<Set<string>> => {
    const listed = listedOf(projectId)
    listed.segments ??= target.segments(projectId).then((ids) => new Set(ids))
    return listed.segments
  }

  const variantsOf = (projectId: string, name: VariantName): Promise<Map<string, number>> => {
    const { variants } = listedOf(projectId)
    const found = variants.get(name) ?? target.variants(projectId, name)
    variants.set(name, found)
    return found
  }

  const recordsListed = (): Promise<Set<string>> => {
    listedRecords ??= target.records().then((paths) => new Set(paths))
    return listedRecords
  }

  const forgetRecords = (): void => {
    records = new Map()
    listedRecords = undefined
  }

  /** Where a request fails, what it has done is unknown. */
  const orForget = async <T>(projectId: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      projects.delete(projectId)
      throw error
    }
  }

  const orForgetRecords = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      forgetRecords()
      throw error
    }
  }

  return {
    ...target,

    forget() {
      projects.clear()
      forgetRecords()
    },

    // A copy that was interrupted may have to remove the rest of an older state.
    isPublished: async () => false,

    revisions: (projectId) =>
      orForget(projectId, async () => [...(await revisionsOf(projectId))].sort((one, other) => one - other)),

    segments: (projectId) => orForget(projectId, async () => [...(await segmentsOf(projectId))]),

    variants: (projectId, name) => orForget(projectId, async () => new Map(await variantsOf(projectId, name))),

    putVariant: (file, content) =>
      orForget(file.projectId, async () => {
        const known = await variantsOf(file.projectId, file.name)
        await target.putVariant(file, content)
        known.set(file.imageId, file.content.bytes)
      }),

    removeVariant: (projectId, imageId, name) =>
      orForget(projectId, async () => {
        const known = await variantsOf(projectId, name)
        await target.removeVariant(projectId, imageId, name)
        known.delete(imageId)
      }),

    putSegment: (projectId, segmentId, text) =>
      orForget(projectId, async () => {
        const known = await segmentsOf(projectId)
        await target.putSegment(projectId, segmentId, text)
        known.add(segmentId)
      }),

    removeSegment: (projectId, segmentId) =>
      orForget(projectId, async () => {
        const known = await segmentsOf(projectId)
        await target.removeSegment(projectId, segmentId)
        known.delete(segmentId)
      }),

    putRevision: (projectId, number, text) =>
      orForget(projectId, async () => {
        const known = await revisionsOf(projectId)
        const isOurs = await target.putRevision(projectId, number, text)
        known.add(number)
        return isOurs
      }),

    removeRevision: (projectId, number) =>
      orForget(projectId, async () => {
        const known = await revisionsOf(projectId)
        await target.removeRevision(projectId, number)
        known.delete(number)
      }),

    records: () => orForgetRecords(async () => [...(await recordsListed())].sort()),

    record: (path) =>
      orForgetRecords(async () => {
        if (!(await recordsListed()).has(path)) return undefined
        if (!records.has(path)) records.set(path, await target.record(path))
        return records.get(path)
      }),

    putRecord: (path, text) =>
      orForgetRecords(async () => {
        const known = await recordsListed()
        await target.putRecord(path, text)
        known.add(path)
        records.set(path, text)
      }),

    removeRecord: (path) =>
      orForgetRecords(async () => {
        const known = await recordsListed()
        await target.removeRecord(path)
        known.delete(path)
        records.delete(path)
      }),
  }
}
