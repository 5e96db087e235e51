// Keys of the store in a bucket: those of the folders of the file store, without meta.json and locks.

import { fileNameOf, type VariantName } from '../../core/names.ts'
import { folderOf } from '../file/paths.ts'

const DIGITS = 12

const project = (projectId: string) => `projects/${folderOf(projectId)}/`
const meta = (projectId: string) => `${project(projectId)}.meta/`

export const keys = {
  projects: 'projects/',
  project,
  /** Revisions of a project; segments lie in a folder of it. */
  meta,
  segments: (projectId: string) => `${meta(projectId)}runs/`,
  segment: (projectId: string, segmentId: string) => `${meta(projectId)}runs/${segmentId}.json`,
  variants: (projectId: string, name: VariantName) => `${project(projectId)}${name}/`,
  variant: (projectId: string, imageId: string, name: VariantName) =>
    `${project(projectId)}${name}/${fileNameOf(imageId, name)}`,
}

/** Name of a numbered entry. Padded, so that a listing has them in their order. */
export const entryName = (number: number): string => `${String(number).padStart(DIGITS, '0')}.json`

/** Number of a numbered entry by its name, undefined for any other name. */
export const entryNumber = (name: string): number | undefined => {
  const digits = /^(\d{12})\.json$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

const READER = 'reader-'

/** Name of the marker of a process that reads a log: behind those of entries. See proofs/read-leases.ts. */
export const readerName = (token: string, nth: number | ''): string => `${READER}${token}-${nth}`

export const isReaderName = (name: string): boolean => name.startsWith(READER)

/** Image id of the key of a variant. */
export const imageOfKey = (key: string): string => key.slice(key.lastIndexOf('/') + 1).split('.')[0] ?? ''
