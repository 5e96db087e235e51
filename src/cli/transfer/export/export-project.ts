// Export of a project: downloads the files that a folder lacks, several at a time, or all of them into a ZIP file.

import { messageOf } from '../../../core/errors.ts'
import { filePathsOf } from '../../../core/file-paths.ts'
import type { Size } from '../../../core/names.ts'
import { type ListedImage, listImages, readProject } from '../listing.ts'
import type { Tally } from '../progress.ts'
import type { Remote } from '../remote.ts'
import type { Refusal } from '../sources/source.ts'
import { openExportFolder } from './export-folder.ts'
import { RECORDS, stepFor } from './export-plan.ts'
import { recordsText } from './export-records.ts'
import { writeZip, type ZipEntry } from './export-zip.ts'

export interface ExportOptions {
  remote: Remote
  projectId: string
  size: Size
  /** Folder, or ZIP file to be made. */
  target: string
  /** Files that are read at once; one for a ZIP file. */
  parallel: number
  /** Called after each file. */
  onProgress(tally: Tally): void
}

export interface Exported {
  written: number
  /** Files that were there already. */
  present: number
  refused: Refusal[]
  bytes: number
}

interface ExportedFile {
  image: ListedImage
  /** Path of the file, relative. */
  file: string
}

/** Attempts to read a file. */
const READ_ATTEMPTS = 3

/** More need a form of ZIP that not every program reads. */
const MAX_ZIP_ENTRIES = 65_534

/** @throws Error where the export cannot go on; `exported` then has what was done until then */
export const exportProject = async (options: ExportOptions, exported: Exported): Promise<void> => {
  const { remote, projectId, size, target, parallel, onProgress } = options
  const listing = await listImages(remote, projectId)
  if (!listing) throw new Error(`the server has no project "${projectId}", or none that the key may read`)
  const { title, tags } = await readProject(remote, projectId)
  const paths = filePathsOf(listing.images, [RECORDS])
  const files = listing.images.map((image): ExportedFile => ({ image, file: paths.get(image.id) ?? image.id }))
  const records = (all: readonly ExportedFile[]) =>
    recordsText({ projectId, title, tags, coverId: listing.coverId, size }, all)
  const download = ({ id }: ListedImage) => remote.download(`/projects/${projectId}/images/${id}?size=${size}`)
  exported.bytes = files.reduce((all, { image }) => all + image.sizes[size].bytes, 0)
  const tally = { files: 0, allFiles: files.length, bytes: 0, allBytes: exported.bytes }
  const advance = ({ sizes }: ListedImage): void => {
    tally.files++
    tally.bytes += sizes[size].bytes
    onProgress({ ...tally, refused: exported.refused.length })
  }

  const intoZip = async (): Promise<void> => {
    if (files.length >= MAX_ZIP_ENTRIES)
      throw new Error(`a ZIP file takes at most ${MAX_ZIP_ENTRIES} files; export into a folder`)
    const entries = async function* (): AsyncGenerator<ZipEntry> {
      for (const { image, file } of files) {
        yield { name: file, lastModified: new Date(image.created_at), input: download(image) }
        exported.written++
        advance(image)
      }
      yield { name: RECORDS, lastModified: new Date(), input: records(files) }
    }
    await writeZip(target, entries())
  }

  const intoFolder = async (): Promise<void> => {
    const folder = await openExportFolder(target)
    const done = new Set<ExportedFile>()
    const rest = files.values()
    let failure: { error: unknown } | undefined

    const exportFile = async (exportedFile: ExportedFile): Promise<void> => {
      const { image, file } = exportedFile
      const wanted = image.sha256[size]
      const step = stepFor(wanted, await folder.find(file), folder.before.get(file))
      if (step === 'refuse') throw new Error('another file is in its place, which stays')
      for (let n = 1; step === 'write'; n++) {
        try {
          await folder.write(file, download(image), wanted)
          break
        } catch (error) {
          if (n >= READ_ATTEMPTS || remote.isStopped()) throw error
        }
      }
      if (step === 'keep') exported.present++
      else exported.written++
      done.add(exportedFile)
    }

    const work = async (): Promise<void> => {
      for (const each of rest) {
        await exportFile(each).catch((error: unknown) => {
          if (remote.isStopped()) failure ??= { error }
          else exported.refused.push({ path: each.file, reason: messageOf(error) })
        })
        if (failure) break
        advance(each.image)
      }
    }

    await Promise.all(Array.from({ length: parallel }, work))
    if (failure) throw failure.error
    await folder.writeRecords(records(files.filter((each) => done.has(each))))
  }

  await (/\.zip$/i.test(target) ? intoZip() : intoFolder())
}
