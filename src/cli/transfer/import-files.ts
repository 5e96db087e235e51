// Import of a source into a project: hashes its files and sends those that the project lacks, several at a time.

import { createHash } from 'node:crypto'
import { messageOf } from '../../core/errors.ts'
import { ASSET_NAME_RULE, isAssetName } from '../../core/names.ts'
import { type Listing, listImages } from './listing.ts'
import { createMissing, type Missing } from './missing.ts'
import type { Tally } from './progress.ts'
import type { Remote } from './remote.ts'
import type { Refusal, Source, SourceFile } from './sources/source.ts'
import { uploadFile } from './upload-file.ts'

export interface ImportOptions {
  remote: Remote
  projectId: string
  source: Source
  /** Files that are read and sent at once. */
  parallel: number
  /** Called after each file. */
  onProgress(tally: Tally): void
}

export interface Imported {
  sent: number
  /** Files whose images the project had before. */
  present: number
  refused: Refusal[]
  /** Ids of the images in the project, by those in the source's own one. */
  ids: Map<string, string>
}

/** @throws Error where no further file can be sent; `imported` then has what was done until then */
export const importFiles = async (options: ImportOptions, imported: Imported): Promise<void> => {
  const { remote, projectId, source, parallel, onProgress } = options
  const files = withoutRefused(source.files, imported.refused)
  const before: Listing | undefined = await listImages(remote, projectId)
  const assets = new Set(files.flatMap(({ asset }) => asset ?? []))
  const missing = createMissing(before?.images ?? [], assets)
  const tally = { files: 0, allFiles: files.length, bytes: 0, allBytes: sum(files.map(({ bytes }) => bytes)) }
  const rest = files.values()
  let allTaken = Promise.resolve()
  let failure: { error: unknown } | undefined

  const work = async (): Promise<void> => {
    for (const file of rest) {
      try {
        await importFile(file)
      } catch (error) {
        failure ??= { error }
      }
      // All others end behind their file.
      if (failure) break
      tally.files++
      tally.bytes += file.bytes
      onProgress({ ...tally, refused: imported.refused.length })
    }
  }

  const importFile = async (file: SourceFile): Promise<void> => {
    // Of equal files the first takes the first image, however soon the others are read: each keeps its place and details.
    const before = allTaken
    const reading = file.sha256 ?? hashOf(file).catch((error: unknown) => ({ reason: messageOf(error) }))
    const taking = (async () => {
      const sha256 = await reading
      await before
      if (typeof sha256 !== 'string') return sha256
      const isEdited = file.recordedSha256 !== undefined && file.recordedSha256 !== sha256
      return { sha256, known: missing.take(isEdited ? { asset: file.asset } : file, sha256) }
    })()
    allTaken = taking.then(() => {})
    const taken = await taking
    if ('reason' in taken) return refuse(file, taken.reason)
    const { sha256, known } = taken
    const imageId = known ?? (await send(file, sha256, missing))
    if (imageId === undefined) return
    if (known === undefined) imported.sent++
    else imported.present++
    if (file.id !== undefined) imported.ids.set(file.id, imageId)
  }

  /** @throws Error where no further file can be read */
  const refuse = ({ path }: SourceFile, reason: string): undefined => {
    const lost = source.lost?.()
    if (lost) throw lost
    imported.refused.push({ path, reason })
  }

  /** Undefined where the file is refused. */
  const send = async (file: SourceFile, sha256: string, { claim, turn }: Missing): Promise<string | undefined> => {
    for (;;) {
      const key = file.asset === undefined ? `tintype-import-${sha256}-${turn(sha256)}` : undefined
      const result = await uploadFile(remote, projectId, file, key)
      if ('reason' in result) return refuse(file, result.reason)
      // Another file of this content may have been sent under this key before the import was started again.
      if (claim(result.imageId)) return result.imageId
    }
  }

  await Promise.all(Array.from({ length: parallel }, work))
  if (failure) throw failure.error
}

/** Files whose asset has a valid name that no file before them has. */
const withoutRefused = (files: readonly SourceFile[], refused: Refusal[]): SourceFile[] => {
  const pathsByAsset = new Map<string, string>()
  return files.filter(({ path, asset }) => {
    if (asset === undefined) return true
    const other = pathsByAsset.get(asset)
    const reason = !isAssetName(asset)
      ? `its path cannot be the name of an asset: expected ${ASSET_NAME_RULE}`
      : other === undefined
        ? undefined
        : `its asset "${asset}" is that of ${other} already`
    if (reason !== undefined) refused.push({ path, reason })
    else pathsByAsset.set(asset, path)
    return reason === undefined
  })
}

const hashOf = async ({ open }: SourceFile): Promise<string> => {
  const hash = createHash('sha256')
  for await (const piece of open()) hash.update(piece)
  return hash.digest('hex')
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)
