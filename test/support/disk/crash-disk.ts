// A disk of which one can have a copy as a power cut would leave it.
//
//   tmpfs: disk.img  (XFS, loop-mounted)        the platters
//            store.img  (loop-mounted)          the write cache in front of them: the pages of this file
//              the file system under test
//
// What the file system under test has not written yet is in its own page cache and in no image. What it has written but
// not flushed is in the page cache of store.img and not in disk.img: a flush of the inner loop device is an fsync of
// store.img. So a copy of disk.img holds what was flushed, and of the rest whatever the kernel happened to write.

import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { say } from '../faults/say.ts'
import { orUndefined } from '../store/read-project.ts'
import { temporaryFolder } from './folder.ts'
import { mount, run, unmount } from './mounts.ts'

export const FILE_SYSTEMS = ['ext4', 'xfs', 'btrfs'] as const

export type FileSystem = (typeof FILE_SYSTEMS)[number]

export interface CrashDisk {
  /** An empty file system. */
  folder: string
  /** The disk without unflushed writes. Nothing may be writing meanwhile. */
  copyFlushed(): Promise<DiskCopy>
  /** With everything that was written to the disk by one moment, however much is being written. */
  copyWritten(): Promise<DiskCopy>
}

export interface DiskCopy {
  /** The same file system after the journal was replayed. */
  folder: string
  discard(): Promise<void>
}

/** XFS takes no less than 300 MB. */
const STORE_SIZE = '320m'
const DISK_SIZE = '1g'

/** Unmounted at the end of the test. */
export const createCrashDisk = async (fileSystem: FileSystem): Promise<CrashDisk> => {
  const base = await temporaryFolder()
  const at = (name: string) => join(base, name)
  // XFS refuses a second file system with the id of one that is mounted.
  const options = fileSystem === 'xfs' ? 'loop,nouuid' : 'loop'

  await mount(at('memory'), '-t', 'tmpfs', '-o', 'size=2g', 'tmpfs')
  const diskImage = at('memory/disk.img')
  await run('truncate', '-s', DISK_SIZE, diskImage)
  await makeFileSystem('xfs', diskImage)
  await mount(at('disk'), '-o', 'loop', diskImage)
  const storeImage = at('disk/store.img')
  await run('truncate', '-s', STORE_SIZE, storeImage)
  await makeFileSystem(fileSystem, storeImage)
  await mount(at('store'), '-o', 'loop', storeImage)
  const device = (await run('findmnt', '-n', '-o', 'SOURCE', at('disk'))).trim()
  let copies = 0

  return {
    folder: at('store'),

    async copyFlushed() {
      const image = at('memory/copy.img')
      const disk = at(`copy-disk-${++copies}`)
      const folder = at(`copy-${copies}`)
      await whileQuiet(device, () => run('cp', '--sparse=always', diskImage, image))
      await mount(disk, '-o', 'loop,nouuid', image)
      await mount(folder, '-o', options, join(disk, 'store.img'))
      return {
        folder,
        async discard() {
          await unmount(folder)
          await unmount(disk)
          await rm(image)
        },
      }
    },

    async copyWritten() {
      const image = at('disk/copy.img')
      const folder = at(`copy-${++copies}`)
      // A clone of the file's blocks, which takes no time and lets no write pass meanwhile.
      await run('cp', '--reflink=always', storeImage, image)
      await mount(folder, '-o', options, image)
      return {
        folder,
        async discard() {
          await unmount(folder)
          await rm(image)
        },
      }
    },
  }
}

/** Older kernels take a second btrfs with the id of a mounted one for a part of that one. */
export const mountsCopiesOf = (fileSystem: FileSystem, fault: string): boolean => {
  if (fileSystem !== 'btrfs') return true
  const [major = 0, minor = 0] = release().split('.').map(Number)
  const able = major > 6 || (major === 6 && minor >= 7)
  if (!able) say(`${fault}: skipped, Linux before 6.7 cannot mount a copy of a btrfs beside it`)
  return able
}

const makeFileSystem = (fileSystem: FileSystem, image: string) =>
  run(`mkfs.${fileSystem}`, '-q', fileSystem === 'ext4' ? '-F' : '-f', image)

/** What those find who start the machine again: another boot, and a minute later. Everything else stays as it is. */
export const aMinuteLater = async (storageDir: string): Promise<void> => {
  const past = new Date(Date.now() - 70_000)
  for (const entry of (await orUndefined(readdir(storageDir, { recursive: true, withFileTypes: true }))) ?? []) {
    const path = join(entry.parentPath, entry.name)
    // The marks of uploads say it as well.
    const saysBoot = entry.name === 'owner.json' || entry.parentPath === createPaths(storageDir).running
    if (saysBoot) await writeFile(path, (await readFile(path, 'utf8')).replace(/"boot":"[^"]*"/, '"boot":"another"'))
    if (saysBoot || entry.isDirectory()) await utimes(path, past, past)
  }
}

/** Does it again for as long as the device was written to meanwhile: a copy has to be that of one moment. */
const whileQuiet = async (device: string, copy: () => Promise<unknown>): Promise<void> => {
  for (let tries = 0; tries < 200; tries++) {
    const before = await writesOf(device)
    if (before.underWay === 0) {
      await copy()
      const after = await writesOf(device)
      if (after.underWay === 0 && after.done === before.done) return
    }
    await sleep(10)
  }
  throw new Error('the disk does not come to rest')
}

/** Of the block layer: Documentation/block/stat.rst of Linux. */
const writesOf = async (device: string) => {
  const fields = (await readFile(`/sys/block/${device.replace('/dev/', '')}/stat`, 'utf8'))
    .trim()
    .split(/\s+/)
    .map(Number)
  return { done: (fields[4] ?? 0) + (fields[11] ?? 0), underWay: fields[8] ?? 0 }
}
