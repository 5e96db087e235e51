// File systems of a test's own, unmounted at its end whatever happens.

import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

/** Runs a program. @returns its output @throws Error with what it said */
export const run = async (program: string, ...args: string[]): Promise<string> => {
  const PATH = `${process.env.PATH}:/usr/sbin:/sbin`
  return (await promisify(execFile)(program, args, { env: { PATH }, encoding: 'utf8' })).stdout
}

/** Mounts a file system at a folder, which is made. @param args of `mount`, before the folder */
export const mount = async (folder: string, ...args: string[]): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await run('mount', ...args, folder)
  mounted.add(folder)
  onTestFinished(() => unmount(folder))
}

const mounted = new Set<string>()

/** Does nothing where it was unmounted before. */
export const unmount = async (folder: string): Promise<void> => {
  if (!mounted.has(folder)) return
  for (let tries = 0; ; tries++) {
    try {
      await run('umount', folder)
      break
    } catch (error) {
      // Busy for as long as a process that was just killed has not let go of its files.
      if (tries >= 100) throw error
      await sleep(50)
    }
  }
  mounted.delete(folder)
}
