// State of a pulled folder: the files that pulls have written there, which alone they replace and remove.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { MANIFEST } from './remote-file.ts'

/** Name of its file. No asset has a path that begins with a dot. */
export const STATE = '.tintype-pull.json'

/** Folder for files that are not complete. */
export const PARTS = '.tintype-pull.part'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const fileSchema = z.object({
  /** See `RemoteFile.contentId`. */
  image: z.string(),
  /** Null while the first content is being written. */
  sha256: sha256.nullable(),
  bytes: z.int().min(0),
  /** Content that is being written, where its hash is known before. Absent from a file that is complete. */
  next: sha256.nullable().optional(),
})

const stateSchema = z.object({
  format: z.literal(1),
  /** Project or collection, size and format of the files. */
  of: z.string(),
  files: z.record(z.string(), fileSchema),
})

export type PulledFile = z.infer<typeof fileSchema>

/**
 * Reads the state; empty without one.
 *
 * @param of project or collection, size and format of the files
 * @throws Error for a folder with other files, or with a manifest that no pull has written
 */
export const readState = async (folder: string, of: string): Promise<Map<string, PulledFile>> => {
  const text = await readIn(folder, STATE)
  if (text === undefined) {
    if ((await readIn(folder, MANIFEST)) !== undefined)
      throw new Error(`${join(folder, MANIFEST)} is not of a pull; choose another folder`)
    return new Map()
  }
  const state = stateSchema.safeParse(parsed(text))
  if (!state.success) throw new Error(`${join(folder, STATE)} is not of this version of tintype pull`)
  if (state.data.of !== of) throw new Error(`${folder} has the files of ${state.data.of}; choose another one for ${of}`)
  return new Map(Object.entries(state.data.files))
}

export const stateText = (of: string, files: ReadonlyMap<string, PulledFile>): string =>
  `${JSON.stringify({ format: 1, of, files: Object.fromEntries(files) }, null, 1)}\n`

const readIn = (folder: string, name: string): Promise<string | undefined> =>
  readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/** Undefined for a text that is no JSON. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
