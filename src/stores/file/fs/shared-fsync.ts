// A sync of folders that many change at once.

import { sync } from './durable.ts'

/**
 * Syncs a folder. Those who ask while a sync of it is under way share the one that follows: what each of them has changed
 * was there before it began. Where a sync fails, so does it for those who wait, because the system may tell of an error
 * only once.
 */
export type SharedSync = (folder: string) => Promise<void>

export const createSharedSync = (): SharedSync => {
  const underWay = new Map<string, Promise<void>>()
  const next = new Map<string, Promise<void>>()

  const begin = (folder: string): Promise<void> => {
    next.delete(folder)
    const done = sync(folder).finally(() => underWay.delete(folder))
    underWay.set(folder, done)
    return done
  }

  const follow = (folder: string, before: Promise<void>): Promise<void> => {
    const done = before.then(
      () => begin(folder),
      (error: unknown) => {
        next.delete(folder)
        throw error
      },
    )
    next.set(folder, done)
    return done
  }

  return (folder) => {
    const waiting = next.get(folder)
    if (waiting) return waiting
    const before = underWay.get(folder)
    return before ? follow(folder, before) : begin(folder)
  }
}
