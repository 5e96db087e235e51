// Files that have the bytes of another: two files that changed places are both mended by putting them back.

import { SIZES } from '../../../../core/names.ts'
import type { Paths } from '../../paths.ts'
import type { Broken } from '../checks/variants.ts'

export interface Misplaced {
  /** Remembers what lies in the place of files that are not as they should be. */
  remember(paths: Paths, projectId: string, broken: Broken): void
  /** A file that has, or had, these bytes. */
  find(sha256: string): string | undefined
  /** The file with these bytes lies elsewhere now. */
  moved(sha256: string, path: string): void
}

/** Files that are remembered: this much is damage of another kind than two files that changed places. */
const MOST_FILES = 10_000

export const createMisplaced = (): Misplaced => {
  const files = new Map<string, string>()
  return {
    remember(paths, projectId, { image, looks, faults }) {
      for (const size of SIZES) {
        const look = looks[size]
        if (look.type !== 'file' || look.bytes === 0 || !faults.has(size) || files.size >= MOST_FILES) continue
        files.set(look.sha256, paths.variant(projectId, image.id, size))
      }
    },
    find: (sha256) => files.get(sha256),
    moved(sha256, path) {
      if (files.has(sha256)) files.set(sha256, path)
    },
  }
}
