// Folder or ZIP file that `tintype export` has written, as a source: its pictures with what their records say of them.

import { z } from 'zod'
import { messageOf } from '../../../core/errors.ts'
import { imageSchema } from '../../../core/project/model.ts'
import { RECORDS } from '../export/export-plan.ts'
import type { Source, SourceFile } from './source.ts'

const { name, title, alt, tags, focal_point } = imageSchema.shape

const documentSchema = z.object({
  tintype: z.string(),
  title: z.string().nullable(),
  /** Absent from exports of older versions. */
  tags: tags.unwrap().default([]),
  primary_image_id: z.string().nullable(),
  images: z.array(
    z.object({
      file: z.string(),
      sha256: z.string(),
      upload_sha256: z.string(),
      id: z.string(),
      name: name.unwrap().nullable(),
      title: title.unwrap().nullable(),
      alt: alt.unwrap().nullable(),
      tags: tags.unwrap(),
      focal_point: focal_point.unwrap().nullable(),
      asset: z.string().nullable(),
    }),
  ),
})

type Document = z.infer<typeof documentSchema>

/** Records of 300,000 images. */
const MAX_BYTES = 256 * 2 ** 20

export interface FoundRecords {
  /** Path of the records in the source. Pictures are beside them. */
  path: string
  open(): AsyncIterable<Uint8Array>
}

/**
 * Adds to a source what its records say: details, assets, order, cover, title and tags. Files without a record come
 * last. A JSON file of another program is passed over.
 *
 * @param source what was found beside the records
 * @param records undefined where there are none
 * @throws Error where they are damaged
 */
export const withRecords = async (source: Source, records: FoundRecords | undefined): Promise<Source> => {
  if (!records) return source
  const document = parseDocument(await textOf(records), records.path)
  if (!document) return { ...source, passedOver: source.passedOver + 1 }
  const folder = records.path.slice(0, -RECORDS.length)
  const byPath = new Map(source.files.map((file) => [file.path, file]))
  const refused = [...source.refused]
  const recorded: SourceFile[] = []
  for (const record of document.images) {
    const path = folder + record.file
    const file = byPath.get(path)
    // A second record of a file is none of an export.
    byPath.delete(path)
    if (file) recorded.push(fileOf(file, record))
    else if (!source.refused.some((each) => each.path === path))
      refused.push({ path, reason: `${records.path} has a record of it, and no such picture is there` })
  }
  const { title, tags, primary_image_id: coverId } = document
  return {
    ...source,
    files: [...recorded, ...byPath.values()],
    refused,
    project: { imageIds: recorded.flatMap(({ id }) => id ?? []), coverId, title, tags },
  }
}

const fileOf = (file: SourceFile, record: Document['images'][number]): SourceFile => {
  const { id, asset, sha256, upload_sha256: madeFrom } = record
  return {
    ...file,
    name: record.name ?? '',
    id,
    madeFrom,
    recordedSha256: sha256,
    ...(asset === null ? {} : { asset }),
    details: {
      ...(record.title === null ? {} : { title: record.title }),
      ...(record.alt === null ? {} : { alt: record.alt }),
      tags: record.tags,
      ...(record.focal_point === null ? {} : { focal_point: record.focal_point }),
    },
  }
}

/** Undefined for the JSON of another program. @throws Error that names the file, and the first wrong field */
const parseDocument = (text: string, path: string): Document | undefined => {
  const json = parsed(text, path)
  if (typeof json !== 'object' || json === null || !('tintype' in json)) return undefined
  const { data, error } = documentSchema.safeParse(json)
  if (data) return data
  const [issue] = error.issues
  throw new Error(`${path}: ${issue?.path.join('.')}: ${issue?.message}; ${WAY_OUT}`)
}

const WAY_OUT = 'export the project again, or remove the file to import its pictures without their details'

/** @param text may begin with a byte order mark, which editors add */
const parsed = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Error(`${path}: expected JSON: ${messageOf(error)}; ${WAY_OUT}`)
  }
}

const textOf = async ({ path, open }: FoundRecords): Promise<string> => {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of open()) {
    bytes += piece.byteLength
    if (bytes > MAX_BYTES) throw new Error(`${path}: expected at most ${MAX_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}
