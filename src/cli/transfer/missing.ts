// Finds the files of a source that a project lacks, by their content: renaming a file or an image changes nothing. Two
// equal files need two images.

import type { ListedImage } from './listing.ts'
import type { SourceFile } from './sources/source.ts'

export interface Missing {
  /**
   * Image that stands for a file, which then stands for no other one. Undefined where there is none.
   *
   * @param sha256 hash of the file
   */
  take(file: Pick<SourceFile, 'asset' | 'madeFrom'>, sha256: string): string | undefined
  /** Takes the image that an upload was answered with. False where it stands for another file already. */
  claim(imageId: string): boolean
  /**
   * Number of the next upload of a file of this content, from 1: a key made of both is the same when an import is started
   * again, so that an upload that the end of the first one left behind is not stored twice.
   */
  turn(sha256: string): number
}

/** @param assets names of the assets that the import stores: their images stand for nothing else */
export const createMissing = (images: readonly ListedImage[], assets: ReadonlySet<string>): Missing => {
  const taken = new Set<string>()
  const turns = new Map<string, number>()
  const byAsset = new Map(images.flatMap((image) => (image.asset === null ? [] : [[image.asset, image]])))
  const byHash = new Map<string, string[]>()
  // From the end, so that the first image of the project is the first one taken.
  for (const { id, asset, sha256 } of images.toReversed()) {
    if (asset !== null && assets.has(asset)) continue
    const same = byHash.get(sha256.upload)
    if (same) same.push(id)
    else byHash.set(sha256.upload, [id])
  }

  const next = (hash: string | undefined): string | undefined => {
    const ids = hash === undefined ? undefined : byHash.get(hash)
    for (let id = ids?.pop(); id !== undefined; id = ids?.pop()) if (!taken.has(id)) return id
    return undefined
  }

  const claim = (imageId: string): boolean => {
    if (taken.has(imageId)) return false
    taken.add(imageId)
    return true
  }

  return {
    take({ asset, madeFrom }, sha256) {
      const image = asset === undefined ? undefined : byAsset.get(asset)
      const isSame = image?.sha256.upload === sha256 || image?.sha256.upload === madeFrom
      const id = asset === undefined ? (next(sha256) ?? next(madeFrom)) : isSame ? image?.id : undefined
      if (id !== undefined) claim(id)
      return id
    },

    claim,

    turn(sha256) {
      const turn = (turns.get(sha256) ?? 0) + 1
      turns.set(sha256, turn)
      return turn
    },
  }
}
