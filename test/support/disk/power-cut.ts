// A disk that keeps only what it must: what could be found after a power cut, now.
//
// POSIX promises no more than this: a file's data is there once the file was synced, and a name once its folder was.
// What was not synced may be there or not, each name by itself. (Real disks promise more: ext4 and xfs keep the order of
// all names, btrfs does not.) A rename is taken to happen whole or not at all.

import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { type DiskCall, watchDisk } from './calls.ts'

export interface PowerCuts {
  /** Names in a folder that a cut may leave. */
  possibleIn(folder: string): ReadonlySet<string>
  /** Names in a folder that every cut leaves. */
  sureIn(folder: string): ReadonlySet<string>
  /** Files in a folder that every cut leaves, with the data that was written. */
  wholeIn(folder: string): ReadonlySet<string>
}

interface Folder {
  possible: Set<string>
  sure: Set<string>
  /** Of the names that are there now. */
  inodes: Map<string, number>
}

/** Watches a folder, which lies there as if all of it was synced. `look` segments after every call that changed something. */
export const watchPowerCuts = (root: string, look: (cuts: PowerCuts) => void): PowerCuts => {
  const folders = new Map<string, Folder>()
  const syncedFiles = new Set<number>()
  /** Names in a folder as its sync began. */
  const syncing = new Map<string, string[]>()

  /** Takes in what has become of a folder; with `deep`, of all below it too. */
  const observe = (path: string, deep: boolean): void => {
    const folder = folders.get(path) ?? { possible: new Set(), sure: new Set(), inodes: new Map() }
    folders.set(path, folder)
    const entries = readdirSync(path, { withFileTypes: true })
    const names = new Set(entries.map(({ name }) => name))
    for (const name of folder.possible) {
      if (names.has(name)) continue
      folder.sure.delete(name)
      folder.inodes.delete(name)
    }
    for (const entry of entries) {
      folder.possible.add(entry.name)
      if (!entry.isDirectory() && !folder.inodes.has(entry.name))
        folder.inodes.set(entry.name, statSync(join(path, entry.name)).ino)
      if (entry.isDirectory() && deep) observe(join(path, entry.name), true)
    }
  }

  const synced = (path: string): void => {
    const folder = folders.get(path)
    if (!folder) return void syncedFiles.add(statSync(path).ino)
    const before = syncing.get(path) ?? []
    const now = readdirSync(path)
    folder.possible = new Set([...before, ...now])
    folder.sure = new Set(before.filter((name) => now.includes(name)))
  }

  const renamed = (from: string, to: string): void => {
    const wasSure = folders.get(dirname(from))?.sure.has(basename(from)) ?? false
    for (const [path, folder] of [...folders]) {
      if (path !== from && !path.startsWith(join(from, '/'))) continue
      folders.delete(path)
      folders.set(join(to, relative(from, path)), folder)
    }
    observe(root, true)
    if (wasSure) folders.get(dirname(to))?.sure.add(basename(to))
  }

  const isSure = (folder: string): boolean =>
    folder === root || (isSure(dirname(folder)) && folders.get(dirname(folder))?.sure.has(basename(folder)) === true)

  const cuts: PowerCuts = {
    possibleIn: (folder) => folders.get(folder)?.possible ?? new Set(),
    sureIn: (folder) => (isSure(folder) && folders.get(folder)?.sure) || new Set(),
    wholeIn(folder) {
      const inodes = folders.get(folder)?.inodes
      return new Set([...cuts.sureIn(folder)].filter((name) => syncedFiles.has(inodes?.get(name) ?? 0)))
    },
  }

  const takeIn = (call: DiskCall): void => {
    if (call.name === 'sync') synced(call.path)
    else if (call.name === 'rename') renamed(call.path, call.to)
    else if (call.name === 'link') observe(dirname(call.to), false)
    else if (call.name === 'unlink') observe(dirname(call.path), false)
    else observe(root, true)
  }

  observe(root, true)
  for (const { possible, sure, inodes } of folders.values()) {
    for (const name of possible) sure.add(name)
    for (const inode of inodes.values()) syncedFiles.add(inode)
  }
  watchDisk({
    before(call) {
      if (call.name === 'sync' && folders.has(call.path)) syncing.set(call.path, readdirSync(call.path))
    },
    after(call) {
      if (!call.path.startsWith(root) || ['readFile', 'readdir', 'write'].includes(call.name)) return
      takeIn(call)
      // What was just opened may be new, and counts for nothing until it is synced or linked.
      if (call.name !== 'open') look(cuts)
    },
  })
  return cuts
}
