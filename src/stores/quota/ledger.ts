// Room that uploads of one owner have reserved, as numbered files of which each follows from the one before.
//
//   .accounts/usage/<owner>/<number>.json     the newest one counts
//
// As with a project's revisions, `link` lets one writer have each number, however long another one sleeps. Nothing here
// has to survive a power cut: no upload does that was under way.

import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf, linkNew, removeFile, writeNew } from '../file/fs/durable.ts'

const reservationSchema = z.object({
  project: z.string(),
  image: z.string(),
  bytes: z.int().min(0),
  /** Of the upload, below `.tmp`: once it is gone, the image is in its project or never will be. */
  folder: z.string(),
})

const ledgerSchema = z.object({
  owner: z.string(),
  /** Those that may hold bytes of the owner. */
  projects: z.array(z.string()),
  reservations: z.array(reservationSchema),
})

export type Reservation = z.infer<typeof reservationSchema>
export type LedgerContent = z.infer<typeof ledgerSchema>

export interface LedgerEntry {
  number: number
  content: LedgerContent
}

export interface Ledger {
  read(owner: string): Promise<LedgerEntry>
  /**
   * True once what follows an entry is the newest, or the base of those that are. False where another writer was first.
   *
   * @param own folder of the upload, where the file is written first
   * @param isIn whether a newer content has what this one was written for
   */
  append(base: LedgerEntry, next: LedgerContent, own: string, isIn: (newer: LedgerContent) => boolean): Promise<boolean>
}

/** Old files that stay. */
const KEPT = 16
const MOST_TRIES = 100

/** @param folder of all owners */
export const createLedger = (folder: string): Ledger => {
  const pathOf = (owner: string): string => join(folder, createHash('sha256').update(owner).digest('hex').slice(0, 40))

  const numbers = async (path: string): Promise<number[]> => {
    const names = await readdir(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    })
    return names
      .flatMap((name) => /^([1-9]\d{0,14})\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }

  const read = async (owner: string): Promise<LedgerEntry> => {
    const path = pathOf(owner)
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const number = (await numbers(path)).at(-1)
      if (number === undefined) return { number: 0, content: emptyContent(owner) }
      try {
        return { number, content: contentOf(await readFile(join(path, `${number}.json`), 'utf8'), owner) }
      } catch (error) {
        // Removed since it was listed, by those who went on meanwhile.
        if (codeOf(error) !== 'ENOENT') throw error
      }
    }
    throw new Error(`the ledger of ${owner} changes too fast to be read`)
  }

  return {
    read,

    async append({ number, content: { owner } }, next, own, isIn) {
      const path = pathOf(owner)
      // As the rest of .accounts: only for who runs the server.
      await mkdir(path, { recursive: true, mode: 0o700 })
      const draft = join(own, 'reservation')
      await writeNew(draft, `${JSON.stringify(next)}\n`)
      const target = join(path, `${number + 1}.json`)
      const isOurs = await linkNew(draft, target)
      await removeFile(draft)
      if (!isOurs) return false
      const all = await numbers(path)
      // The number may have been taken and removed long ago, if this process slept.
      if (all.at(-1) !== number + 1 && !isIn((await read(owner)).content)) {
        await removeFile(target)
        return false
      }
      for (const old of all.slice(0, -KEPT)) await removeFile(join(path, `${old}.json`))
      return true
    },
  }
}

const emptyContent = (owner: string): LedgerContent => ({ owner, projects: [], reservations: [] })

/** What is damaged tells of nothing: projects are found again by looking at all of them. */
const contentOf = (text: string, owner: string): LedgerContent => {
  try {
    const content = ledgerSchema.parse(JSON.parse(text))
    return content.owner === owner ? content : emptyContent(owner)
  } catch {
    return emptyContent(owner)
  }
}
