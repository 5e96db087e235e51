// Disk calls under a test: they can be made to fail or to take long, and are recorded in order.
//
// A test file says, with the path as it is seen from there:
//   vi.mock('node:fs/promises', async (original) => (await import('./calls.ts')).watched(await original()))
//   vi.mock('node:fs', async (original) => (await import('./calls.ts')).watchedSyncs(await original()))

import type * as Files from 'node:fs'
import type * as FileSystem from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

export interface DiskCall {
  name: 'open' | 'write' | 'sync' | 'link' | 'rename' | 'unlink' | 'mkdir' | 'rm' | 'rmdir' | 'readdir' | 'readFile'
  path: string
  /** Second path of `link` and `rename`, empty for the others. */
  to: string
}

export interface DiskWatcher {
  /** Runs before a call; what it throws is what the call throws. */
  before?(call: DiskCall): Promise<void> | void
  after?(call: DiskCall): void
  /** Runs behind every call, also one that failed. */
  ended?(call: DiskCall): void
}

const watchers = new Set<DiskWatcher>()

/** Watches every call until the test is over or the returned function is called. */
export const watchDisk = (watcher: DiskWatcher): (() => void) => {
  watchers.add(watcher)
  const stop = () => void watchers.delete(watcher)
  onTestFinished(stop)
  return stop
}

/** Runs `meanwhile` before the first call that fits. Calls made by it are not watched by this. */
export const beforeCall = (fits: (call: DiskCall) => boolean, meanwhile: () => Promise<unknown>): void => {
  const stop = watchDisk({
    async before(call) {
      if (!fits(call)) return
      stop()
      await meanwhile()
    },
  })
}

/** Lets every call that fits fail with a code. Returns what ends it. */
export const failing = (fits: (call: DiskCall) => boolean, code: string): (() => void) =>
  watchDisk({
    before(call) {
      if (fits(call)) throw Object.assign(new Error(`${code}: ${call.name} ${call.path}`), { code })
    },
  })

/** Lets the first calls that fit happen and fail nevertheless, as where a network disk loses answers. @default 1 call */
export const losingAnswer = (fits: (call: DiskCall) => boolean, code: string, count = 1): void => {
  let remaining = count
  const stop = watchDisk({
    after(call) {
      if (!fits(call)) return
      if (--remaining === 0) stop()
      throw Object.assign(new Error(`${code}: ${call.name} ${call.path}`), { code })
    },
  })
}

/** The module `node:fs/promises` with every call that the store makes watched. */
export const watched = (real: typeof FileSystem) => {
  const around =
    <Args extends unknown[], Result>(name: DiskCall['name'], work: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      tell({ name, path: String(args[0]), to: name === 'link' || name === 'rename' ? String(args[1]) : '' }, () =>
        work(...args),
      )
  return {
    ...real,
    link: around('link', real.link),
    rename: around('rename', real.rename),
    unlink: around('unlink', real.unlink),
    mkdir: around('mkdir', real.mkdir),
    rm: around('rm', real.rm),
    rmdir: around('rmdir', real.rmdir),
    readdir: around('readdir', real.readdir),
    readFile: around('readFile', real.readFile),
    open: around('open', async (path: string, flags?: string | number) =>
      watchedHandle(path, await real.open(path, flags)),
    ),
  }
}

/** The module `node:fs` with every sync that the store makes of an open file watched. */
export const watchedSyncs = (real: typeof Files) => {
  const paths = new Map<number, string>()
  return {
    ...real,
    openSync: (path: string, flags?: string | number) => {
      const file = real.openSync(path, flags ?? 'r')
      paths.set(file, path)
      return file
    },
    fsync: (file: number, done: (error: unknown) => void) => {
      tell({ name: 'sync', path: paths.get(file) ?? '', to: '' }, () => promisify(real.fsync)(file)).then(
        () => done(null),
        done,
      )
    },
  }
}

const watchedHandle = (path: string, handle: FileHandle): FileHandle => {
  const sync = handle.sync.bind(handle)
  const writeFile = handle.writeFile.bind(handle)
  return Object.assign(handle, {
    sync: () => tell({ name: 'sync', path, to: '' }, sync),
    writeFile: (content: string | Uint8Array) => tell({ name: 'write', path, to: '' }, () => writeFile(content)),
  })
}

const tell = async <Result>(call: DiskCall, work: () => Promise<Result>): Promise<Result> => {
  try {
    for (const watcher of [...watchers]) await watcher.before?.(call)
    const result = await work()
    for (const watcher of [...watchers]) watcher.after?.(call)
    return result
  } finally {
    for (const watcher of [...watchers]) watcher.ended?.(call)
  }
}
