// Pull of a project or collection: makes a folder equal to its manifest and atlas. Only files that an earlier pull has
// written are replaced or removed; the state of the folder names a file before it is written, so that a killed pull disowns
// none of them.

import { Readable } from 'node:stream'
import { messageOf } from '../../../core/errors.ts'
import { EXTENSIONS } from '../../../core/transform/formats.ts'
import type { Remote } from '../remote.ts'
import type { Refusal } from '../sources/source.ts'
import { hashOf, openTargetFolder, type TargetFolder, type WrittenFile } from '../target-folder.ts'
import { localManifest, type ManifestLayout } from './local-manifest.ts'
import { claimOf, isOurs, type PlannedFile, planOf } from './pull-plan.ts'
import { PARTS, type PulledFile, readState, STATE, stateText } from './pull-state.ts'
import { readAtlas } from './remote-atlas.ts'
import { readCollection } from './remote-collection.ts'
import { type ImageFile, MANIFEST, type RemoteFile } from './remote-file.ts'
import { type ManifestRequest, type RemoteManifest, readManifest } from './remote-manifest.ts'

export interface PullOptions extends ManifestRequest {
  remote: Pick<Remote, 'send' | 'download' | 'isStopped'>
  folder: string
  layout: ManifestLayout
  /** Whether the name is that of a collection, whose covers are pulled. */
  isCollection: boolean
  /** Size of the atlas. @default none is pulled */
  atlas?: string | undefined
  /** Files that are read at once. */
  parallel: number
}

export interface Pulled {
  /** Files that were written, the manifest too. */
  written: number
  removed: number
  /** Files that were there already. */
  present: number
  refused: Refusal[]
  /** Bytes of the files that were written. */
  bytes: number
  /** Position in the change feed. */
  position: string
}

/** Attempts to read a file. */
const READ_ATTEMPTS = 3

/** @throws Error where the pull cannot go on; it can be started again */
export const pullProject = async (options: PullOptions): Promise<Pulled> => {
  const { remote, isCollection, atlas: size, format } = options
  const manifest = await (isCollection ? readCollection : readManifest)(remote, options)
  const base = pathOf(options)
  const atlas = size === undefined ? [] : await readAtlas(remote, { base, size, format })
  const target = await openTargetFolder(options.folder, { parts: PARTS })
  try {
    return await pullInto(target, { ...manifest, atlas }, options)
  } finally {
    await target.close()
  }
}

const pullInto = async (
  target: TargetFolder,
  { position, files, atlas }: RemoteManifest & { atlas: RemoteFile[] },
  { remote, name, isCollection, size, format, folder, layout, parallel }: PullOptions,
): Promise<Pulled> => {
  const of = `${isCollection ? 'collection ' : ''}${name}/${size}.${EXTENSIONS[format]}`
  const all: (ImageFile | RemoteFile)[] = [...files, ...atlas]
  const owned = await readState(folder, of)
  const pulled: Pulled = { written: 0, removed: 0, present: 0, refused: [], bytes: 0, position }
  /** Files that are in their places. */
  const complete = new Map<RemoteFile, WrittenFile>()

  const download = ({ source }: RemoteFile) =>
    'text' in source ? Readable.from([Buffer.from(source.text)]) : remote.download(source.path)

  const write = async (file: RemoteFile): Promise<void> => {
    const written = await target.write(file.path, download(file), file.sha256 ?? undefined)
    owned.set(file.path, { image: file.contentId, ...written })
    complete.set(file, written)
    pulled.written++
    pulled.bytes += written.bytes
  }

  /** A file of a pull that was killed, or a foreign one of the same content, which stays foreign. */
  const compare = async ({ file, reason }: PlannedFile): Promise<void> => {
    const [wanted, found] = [await hashOf(download(file)), await target.find(file.path)]
    if (typeof found === 'string' || found.sha256 !== wanted.sha256) throw new Error(reason)
    if (owned.has(file.path)) owned.set(file.path, { image: file.contentId, ...wanted })
    complete.set(file, wanted)
    pulled.present++
  }

  const planned = await planOf(target, all, owned)
  for (const { file, step, reason, found } of planned) {
    const before = owned.get(file.path)
    if (step === 'refuse') pulled.refused.push({ path: file.path, reason })
    if (step === 'write') owned.set(file.path, claimOf(file, found))
    if (step !== 'keep' || !found) continue
    pulled.present++
    complete.set(file, found)
    if (before) owned.set(file.path, { image: file.contentId, ...found })
  }
  await target.writeChanged(STATE, stateText(of, owned))

  const rest = planned.filter(({ step }) => step === 'write' || step === 'compare').values()
  let failure: { error: unknown } | undefined
  const work = async (): Promise<void> => {
    for (const each of rest) {
      const attempt = () => (each.step === 'write' ? write(each.file) : compare(each))
      await repeated(attempt, remote).catch((error: unknown) => {
        if (remote.isStopped()) failure ??= { error }
        else pulled.refused.push({ path: each.file.path, reason: messageOf(error) })
      })
      if (failure) break
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))

  if (!failure) {
    await removeOthers(target, new Set(all.map(({ path }) => path)), owned, pulled)
    // Behind the pictures: a program that reads it finds the files that it names.
    const listed = files.flatMap((file) => {
      const written = complete.get(file)
      return written ? [[file, written] as const] : []
    })
    const text = localManifest({ name, isCollection, size, format, layout }, new Map(listed))
    if (await target.writeChanged(MANIFEST, text)) pulled.written++
  }
  await target.writeChanged(STATE, stateText(of, owned))
  if (failure) throw failure.error
  return pulled
}

/** Path of the project or collection on the server. */
export const pathOf = ({ name, isCollection }: Pick<PullOptions, 'name' | 'isCollection'>): string =>
  `/${isCollection ? 'collections' : 'projects'}/${name}`

const repeated = async (attempt: () => Promise<void>, remote: Pick<Remote, 'isStopped'>): Promise<void> => {
  for (let n = 1; ; n++) {
    try {
      return await attempt()
    } catch (error) {
      if (n >= READ_ATTEMPTS || remote.isStopped()) throw error
    }
  }
}

/** Removes the files of earlier pulls that are not wanted any more. Those that were changed since stay. */
const removeOthers = async (
  target: TargetFolder,
  wanted: ReadonlySet<string>,
  owned: Map<string, PulledFile>,
  pulled: Pulled,
): Promise<void> => {
  for (const [path, file] of [...owned]) {
    if (wanted.has(path)) continue
    try {
      const found = await target.find(path)
      if (found !== 'nothing' && (found === 'other' || !isOurs(found.sha256, file)))
        throw new Error('its image was deleted, but the file was changed; it stays')
      if (found !== 'nothing') {
        await target.remove(path)
        pulled.removed++
      }
    } catch (error) {
      pulled.refused.push({ path, reason: messageOf(error) })
    }
    owned.delete(path)
  }
}
