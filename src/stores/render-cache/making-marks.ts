// "I am making this": a mark beside the file to be, so that other processes wait for it instead of making it again.
//
// For economy only. Two who make the same file at the same time make the same bytes, and one rename replaces the other;
// so a mark that was lost, or that could not be set, does no harm.

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
  /** True where another process has made the file meanwhile. */
  finished: boolean
  release(): Promise<void>
}

export interface Marks {
  /**
   * Marks the file as being made here, or waits until another process has made it or given it up.
   *
   * @throws the signal's reason
   */
  take(path: string, signal: AbortSignal): Promise<Mark>
}

/** Ending of a mark's name. */
export const MARK = '.making'

/** How often to look whether the other one is done, in milliseconds. */
const LOOK_MS = 15

/** How often to look whether it still lives, in looks. */
const LOOKS_FOR_OWNER = 20

export const createMarks = ({ waitMs }: MarksOptions): Marks => {
  let owner: ReturnType<typeof thisProcess> | undefined

  const set = async (mark: string): Promise<'set' | 'taken' | 'impossible'> => {
    owner ??= thisProcess()
    try {
      const text = sealOwner(mark, await owner)
      // Synchronous: 0.1 ms, where trips through the thread pool take one, and somebody waits for the picture.
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
      const deadline = Date.now() + waitMs
      for (let look = 0; Date.now() < deadline; look++) {
        signal.throwIfAborted()
        const taken = await set(mark)
        // Finished between the caller's look for it and this mark, or while it was waited for.
        if (existsSync(path)) {
          if (taken === 'set') await release()
          return { finished: true, release: nothing }
        }
        if (taken === 'set') return { finished: false, release }
        if (taken === 'impossible') return { finished: false, release: nothing }
        if (look % LOOKS_FOR_OWNER === LOOKS_FOR_OWNER - 1 && !(await ownerLives(mark))) await release()
        await setTimeout(LOOK_MS, undefined, { signal })
      }
      return { finished: false, release: nothing }
    },
  }
}
