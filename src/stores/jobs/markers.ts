// Markers of jobs: empty files whose names are the state of a job. One process wins each rename.

import { closeSync, existsSync, lstatSync, open } from 'node:fs'
import { rename } from 'node:fs/promises'
import { promisify } from 'node:util'
import { MAX_ATTEMPTS } from '../../core/jobs/job.ts'
import { codeOf, makeFolder, removeFile, type SharedSync } from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import { type JobPaths, type Marker, type MarkerFolder, parseMarker } from './layout.ts'

export interface PlacedMarker extends Marker {
  folder: MarkerFolder
}

export interface Markers {
  list(folder: MarkerFolder): Promise<PlacedMarker[]>
  /** Creates a marker. @param isDurable false where its folder is synced later. @default true */
  create(marker: PlacedMarker, isDurable?: boolean): Promise<void>
  /** Moves a marker. False where it is not there any more: another process was first. */
  move(from: PlacedMarker, to: PlacedMarker, isDurable?: boolean): Promise<boolean>
  /** Takes the marker of a job that waits, for its next attempt. Undefined where there is none. */
  take(job: Required<Omit<Marker, 'attempts'>>): Promise<(PlacedMarker & { owner: string }) | undefined>
  remove(marker: PlacedMarker): Promise<void>
  exists(marker: PlacedMarker): boolean
  /** Time of the last change of a marker's name, in milliseconds since 1970. */
  changedMs(marker: PlacedMarker): number | undefined
}

export const createMarkers = (paths: JobPaths, syncFolder: SharedSync): Markers => {
  const pathOf = (marker: PlacedMarker): string => {
    refuseLinks(paths.root, paths.markers(marker.folder))
    return paths.marker(marker.folder, marker)
  }

  /** Makes the folder where it is missing. */
  const withFolder = async <T>(folder: MarkerFolder, work: () => Promise<T>): Promise<T> => {
    if (!existsSync(paths.markers(folder))) await makeFolder(paths.markers(folder))
    return work()
  }

  const move: Markers['move'] = async (from, to, isDurable = false) => {
    const source = pathOf(from)
    const target = pathOf(to)
    try {
      await withFolder(to.folder, () => rename(source, target))
      // POSIX: rename() of one of two names of a file to the other does nothing. A power cut on btrfs can leave both.
      if (source !== target && isSameFile(source, target)) await removeFile(source)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    }
    if (isDurable) await syncFolder(paths.markers(to.folder))
    return true
  }

  return {
    async list(folder) {
      refuseLinks(paths.root, paths.markers(folder))
      const names = await namesIn(paths.markers(folder))
      return names.flatMap((name) => {
        const marker = parseMarker(name)
        return marker ? [{ ...marker, folder }] : []
      })
    },

    async create(marker, isDurable = true) {
      await withFolder(marker.folder, () => createEmpty(pathOf(marker)))
      if (isDurable) await syncFolder(paths.markers(marker.folder))
    },

    move,

    async take({ jobId, projectId, owner }) {
      // Its attempts are known by its marker alone.
      for (let attempts = 0; attempts <= MAX_ATTEMPTS; attempts++) {
        const from = { folder: 'queued', jobId, projectId, attempts } as const
        const to = { ...from, folder: 'running', attempts: attempts + 1, owner } as const
        if (await move(from, to)) return to
      }
      return undefined
    },

    remove: (marker) => removeFile(pathOf(marker)),

    exists: (marker) => existsSync(pathOf(marker)),

    changedMs: (marker) => lstatSync(pathOf(marker), { throwIfNoEntry: false })?.ctimeMs,
  }
}

const openFile = promisify(open)

/** One trip to a thread: a file that was not written closes without a wait. */
const createEmpty = async (path: string): Promise<void> => closeSync(await openFile(path, 'wx'))

const isSameFile = (one: string, other: string): boolean => {
  const found = lstatSync(one, { throwIfNoEntry: false })
  return found !== undefined && found.ino === lstatSync(other, { throwIfNoEntry: false })?.ino
}
