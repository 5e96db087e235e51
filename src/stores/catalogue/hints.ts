// Hints between processes: a file to which each process appends the ids of projects that it has changed, and from which all
// others read on:
//
//   shop                    title, times or access rules are others: the project is to be read again
//   shop 1732790000123      the time of its newest commit, after which only that is another
//
// One too many does no harm, and a lost one is found by the next full check. Older versions pass over lines with a time.

import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { isProjectId } from '../../core/names.ts'
import { codeOf } from '../file/fs/durable.ts'

export interface Hints {
  /** Appends a hint. @throws errors of the system */
  append(projectId: string): void
  /** Appends the times of commits by project, in one write. @throws errors of the system */
  appendTimes(times: ReadonlyMap<string, number>): void
  /**
   * Reads the hints of all processes since the last call. `isLost`: some may be missing, because the file was replaced.
   * Synchronous: 3 microseconds where there are none. The first call gives none.
   */
  read(): { ids: string[]; times: Map<string, number>; isLost: boolean }
}

/** Length from which the file is begun anew: all processes then check every project once. */
const MAX_BYTES = 2 ** 20
/** Length of the first line: a unique token, by which a file is told from its successor. */
const TOKEN_LENGTH = 20
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK
/** Milliseconds since 1970. */
const TIME = /^\d{1,15}$/
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

const newToken = (): string => randomUUID().replaceAll('-', '').slice(0, TOKEN_LENGTH)

interface Position {
  token: string
  /** Of the file when it was read: file systems reuse inodes, so its size and time count too. */
  inode: number
  modifiedMs: number
  /** Bytes read. */
  offset: number
}

export const createHints = (path: string): Hints => {
  /** Undefined where there is no file; `unread` before the first call. */
  let position: Position | 'unread' | undefined = 'unread'

  const open = (flags: number): number | undefined => {
    try {
      return openSync(path, flags)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  const begin = (): void => {
    const draft = `${path}-${newToken()}`
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(draft, `${newToken()}\n`, { flag: 'wx' })
    try {
      linkSync(draft, path)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    } finally {
      unlinkSync(draft)
    }
  }

  const appendTo = (file: number, lines: string): void => {
    try {
      writeSync(file, lines)
    } finally {
      closeSync(file)
    }
  }

  const append = (lines: string): void => {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) unlinkSync(path)
    let file = open(APPEND)
    if (file === undefined) {
      begin()
      file = open(APPEND)
    }
    if (file !== undefined) appendTo(file, lines)
  }

  /** Text behind an offset, and the token of the file. */
  const readFrom = (offset: number, { size }: Stats): { token: string; text: string } | undefined => {
    const file = open(READ)
    if (file === undefined) return undefined
    try {
      const head = Buffer.alloc(TOKEN_LENGTH)
      readSync(file, head, 0, TOKEN_LENGTH, 0)
      const text = Buffer.alloc(Math.max(0, size - offset))
      const bytes = readSync(file, text, 0, text.length, offset)
      return { token: head.toString('latin1'), text: text.toString('latin1', 0, bytes) }
    } finally {
      closeSync(file)
    }
  }

  return {
    append: (projectId) => append(`${projectId}\n`),

    appendTimes(times) {
      if (times.size > 0) append([...times].map(([id, ms]) => `${id} ${ms}\n`).join(''))
    },

    read() {
      const found = statSync(path, { throwIfNoEntry: false })
      const known = position
      if (!found) {
        position = undefined
        return nothing(typeof known === 'object')
      }
      if (typeof known === 'object' && isUnchanged(known, found)) return nothing(false)
      const isFollowed = typeof known === 'object' && known.offset <= found.size
      const start = isFollowed ? known.offset : TOKEN_LENGTH + 1
      const read = readFrom(start, found)
      if (!read) return nothing(false)
      const isSame = isFollowed && known.token === read.token
      // An unfinished line is read by the next call.
      const end = read.text.lastIndexOf('\n') + 1
      position = { token: read.token, inode: found.ino, modifiedMs: found.mtimeMs, offset: start + end }
      // The hints of a file that replaced another are covered by the check that follows; those of the first call by that
      // of the start.
      if (known === 'unread') return nothing(false)
      if (known && !isSame) {
        position.offset = isFollowed ? found.size : position.offset
        return nothing(true)
      }
      return { ...parseHints(read.text.slice(0, end)), isLost: false }
    },
  }
}

const isUnchanged = ({ inode, modifiedMs, offset }: Position, { ino, mtimeMs, size }: Stats): boolean =>
  inode === ino && modifiedMs === mtimeMs && offset === size

const nothing = (isLost: boolean) => ({ ids: [], times: new Map<string, number>(), isLost })

/** Parses lines of hints. */
export const parseHints = (text: string): { ids: string[]; times: Map<string, number> } => {
  const [ids, times] = [new Set<string>(), new Map<string, number>()]
  for (const line of text.split('\n')) {
    const [id = '', time, ...more] = line.split(' ')
    if (!isProjectId(id) || more.length > 0) continue
    if (time === undefined) ids.add(id)
    else if (TIME.test(time)) times.set(id, Number(time))
  }
  return { ids: [...ids], times }
}
