// Marks of renders under way, beside the future file: other processes wait for it instead of making it again.
//
// Only saves work. Two processes that make a file at the same time make the same bytes, and one rename replaces the other;
// so a mark that is lost or cannot be set does no harm.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { codeOf, removeFile } from '../file/fs/durable.ts'
import { ownerLives, thisProcess } from '../file/staging/owner.ts'
import { sealOwner } from '../file/staging/owner-file.ts'

export interface MarksOptions {
  /** Longest wait for another process, in milliseconds. */
  waitMs: number
}

export interface Mark {
  /** True where another process has finished the file. */
  finished: boolean
  release(): Promise<void>
}

export interface Marks {
  /**
   * Marks a file as being made here, or waits until another process has finished or abandoned it.
   *
   * @throws the signal's reason
   */
  take(path: string, signal: AbortSignal): Promise<Mark>
}

/** Ending of a mark's name. */
export const MARK = '.making'

/** Interval of checks for the file, in milliseconds. */
const POLL_MS = 15

/** Number of checks for the file for each check for its owner. */
const POLLS_PER_OWNER_CHECK = 20

export const createMarks = ({ waitMs }: MarksOptions): Marks => {
  let owner: ReturnType<typeof thisProcess> | undefined

  const set = async (mark: string): Promise<'set' | 'taken' | 'impossible'> => {
    owner ??= thisProcess()
    try {
      const text = sealOwner(mark, await owner)
      // Synchronous: 0.1 ms, where trips through the thread pool take 1 ms, and the client waits.
      mkdirSync(dirname(mark), { recursive: true })
      writeFileSync(mark, text, { flag: 'wx' })
      return 'set'
    } catch (error) {
      return codeOf(error) === 'EEXIST' ? 'taken' : 'impossible'
    }
  }

  return {
    async take(path, signal) {
      const mark = path + MARK
      const release = () => removeFile(mark).catch(() => {})
      const nothing = async () => {}
      const deadline = performance.now() + waitMs
      for (let polls = 1; performance.now() < deadline; polls++) {
        signal.throwIfAborted()
        const taken = await set(mark)
        // Finished between the caller's check and this mark, or during the wait.
        if (existsSync(path)) {
          if (taken === 'set') await release()
          return { finished: true, release: nothing }
        }
        if (taken === 'set') return { finished: false, release }
        if (taken === 'impossible') return { finished: false, release: nothing }
        if (polls % POLLS_PER_OWNER_CHECK === 0 && !(await ownerLives(mark))) await release()
        await setTimeout(POLL_MS, undefined, { signal })
      }
      return { finished: false, release: nothing }
    },
  }
}
