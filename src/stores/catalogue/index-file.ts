// The stored index of the catalogue, which saves reading every project at the start:
//
//   {"format":3}
//   ["shop",1732790000123.5,null,"public",{},"Shop",1732780000000,1732790000120,[87960930222]]
//                                                  id, stamp, owner, visibility, members, title, times of the first and of
//                                                  the newest commit, keys of tags; sorted by id
//   ["sold",1732790000124.5]                       a deleted project
//   {"entries":2,"sha256":"..."}                   of all lines before
//
// Any damage makes it worthless as a whole; it is made again then, and so is one of another format.

import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { MEMBER_ROLES, VISIBILITIES } from '../../core/auth/access.ts'
import { openPlainFile } from '../file/fs/no-follow.ts'
import type { Entry } from './rows.ts'

const FORMAT = '{"format":3}'
/** Lines that are read or written in one turn of the event loop. */
const LINES_AT_ONCE = 1000
/** Age from which an unfinished file is abandoned, in milliseconds. */
const ABANDONED_MS = 600_000

const lineSchema = z.union([
  z.tuple([
    z.string(),
    z.number(),
    z.string().nullable(),
    z.enum(VISIBILITIES),
    z.record(z.string(), z.enum(MEMBER_ROLES)),
    z.string().nullable(),
    z.number(),
    z.number(),
    z.array(z.number()).optional(),
  ]),
  z.tuple([z.string(), z.number()]),
])

const endSchema = z.object({ entries: z.int(), sha256: z.string() })

/** Reads the index, undefined where there is none. @throws Error where it is damaged; errors of the system */
export const readIndex = async (path: string): Promise<Entry[] | undefined> => {
  const file = await openPlainFile(path)
  if (!file) return undefined
  try {
    const hash = createHash('sha256')
    const entries: Entry[] = []
    let ended = false
    for await (const lines of linesOf(file.read(0, file.bytes))) {
      for (const line of lines) {
        if (ended) throw new Error('the index goes on behind its end')
        if (!line.startsWith('[')) {
          ended = isEnd(line, entries.length, hash)
          if (!ended && (line !== FORMAT || entries.length > 0)) throw new Error('the index is damaged')
        } else entries.push(entryOf(line, entries.at(-1)))
        hash.update(`${line}\n`)
      }
      await setImmediate()
    }
    if (!ended) throw new Error('the index has no end')
    return entries
  } finally {
    await file.close()
  }
}

/** Replaces the index, by one rename: readers see the old or the new one. @throws errors of the system */
export const writeIndex = async (path: string, entries: Iterable<Entry>): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await removeAbandoned(path)
  const draft = `${path}-${randomUUID()}`
  const file = await open(draft, 'wx')
  try {
    try {
      await writeLines(file, entries)
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await unlink(draft).catch(() => {})
    throw error
  }
}

const writeLines = async (file: FileHandle, entries: Iterable<Entry>): Promise<void> => {
  const hash = createHash('sha256')
  let [count, lines] = [0, `${FORMAT}\n`]
  const write = async () => {
    hash.update(lines)
    await file.appendFile(lines)
    lines = ''
  }
  for (const entry of entries) {
    lines += `${lineOf(entry)}\n`
    if (++count % LINES_AT_ONCE === 0) await write()
  }
  await write()
  await file.appendFile(`${JSON.stringify({ entries: count, sha256: hash.digest('hex') })}\n`)
}

const removeAbandoned = async (path: string): Promise<void> => {
  const folder = dirname(path)
  for (const name of await readdir(folder)) {
    const draft = join(folder, name)
    if (!draft.startsWith(`${path}-`)) continue
    const found = await stat(draft).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await unlink(draft).catch(() => {})
  }
}

const lineOf = ({ id, stamp, access, title, createdMs, updatedMs, tags }: Entry): string => {
  if (!access) return JSON.stringify([id, stamp])
  const { owner_id, visibility, members } = access
  const keys = tags.length > 0 ? [tags] : []
  return JSON.stringify([id, stamp, owner_id, visibility, members, title ?? null, createdMs, updatedMs, ...keys])
}

const entryOf = (line: string, before: Entry | undefined): Entry => {
  const [id, stamp, owner_id, visibility, members, title, createdMs = 0, updatedMs = 0, tags = []] = lineSchema.parse(
    JSON.parse(line),
  )
  if (before && before.id >= id) throw new Error('the index is out of order')
  const access = visibility && members && { owner_id: owner_id ?? null, visibility, members }
  return { id, title: title ?? undefined, createdMs, updatedMs, stamp, access, tags }
}

const isEnd = (line: string, count: number, hash: ReturnType<typeof createHash>): boolean => {
  const end = endSchema.safeParse(JSON.parse(line)).data
  return end !== undefined && end.entries === count && end.sha256 === hash.copy().digest('hex')
}

/** Lines of a file, some at a time, without their ends. @throws Error where the last one has no end */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
  if (rest !== '') throw new Error('the index is cut off')
}
