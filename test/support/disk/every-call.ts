// A fault at the n-th disk call of the code under test, reading calls too.
//
// A test file says, with the path as it is seen from there:
//   vi.mock('node:fs/promises', async (original) => (await import('./every-call.ts')).struck(await original()))
//   vi.mock('node:fs', async (original) => (await import('./every-call.ts')).struck(await original()))

import type { FileHandle } from 'node:fs/promises'

export interface Strike {
  /** Name and path of the call that failed; undefined where there were fewer calls. */
  struck(): string | undefined
  stop(): void
}

export interface StrikeOptions {
  /** Counted from 1. */
  nth: number
  code: string
  /** Counts calls that change the disk alone. */
  onlyWrites: boolean
}

/** Lets one call fail, until it is stopped. */
export const strikeAt = (options: StrikeOptions): Strike => {
  const state: State = { ...options, calls: 0, struck: undefined }
  current = state
  return {
    struck: () => state.struck,
    stop() {
      if (current === state) current = undefined
    },
  }
}

/** `node:fs` or `node:fs/promises` with every function that can fail. */
export const struck = (real: object): object =>
  Object.fromEntries(
    Object.entries(real).map(([name, value]: [string, unknown]) =>
      typeof value === 'function' && /^[a-z]/.test(name) ? [name, around(name, value)] : [name, value],
    ),
  )

interface State extends StrikeOptions {
  calls: number
  struck: string | undefined
}

let current: State | undefined

const WRITES =
  /^(mkdir|rename|link|unlink|rm|rmdir|utimes|write|writev|writeFile|appendFile|fsync|sync|truncate|chmod|symlink)(Sync)?$/
/** O_WRONLY and O_RDWR: `node:fs` can't be imported by its own mock. */
const WRITING_FLAGS = 3

const isWrite = (name: string, args: readonly unknown[]): boolean => {
  if (!/^open(Sync)?$/.test(name)) return WRITES.test(name)
  const flags = args[1] ?? 'r'
  return typeof flags === 'number' ? (flags & WRITING_FLAGS) !== 0 : flags !== 'r'
}

/** The error of this call, where it is the one to fail. */
const errorOf = (name: string, args: readonly unknown[]): Error | undefined => {
  if (!current || (current.onlyWrites && !isWrite(name, args))) return undefined
  if (++current.calls !== current.nth) return undefined
  current.struck = `${name} ${String(args[0])}`
  const { code } = current
  return Object.assign(new Error(`${code}: ${current.struck}`), { code, syscall: name })
}

// biome-ignore lint/complexity/noBannedTypes: any function of the module
const around = (name: string, work: Function) =>
  function (this: unknown, ...args: unknown[]): unknown {
    const error = errorOf(name, args)
    if (!error) {
      const result: unknown = Reflect.apply(work, this, args)
      return name === 'open' && result instanceof Promise ? result.then(struckHandle) : result
    }
    const done = args.at(-1)
    if (typeof done === 'function') return void queueMicrotask(() => done(error))
    if (name === 'existsSync') return false
    if (name.endsWith('Sync')) throw error
    return Promise.reject(error)
  }

const HANDLE_CALLS = ['read', 'stat', 'utimes', 'writeFile', 'write', 'writev', 'sync'] as const

const struckHandle = (handle: FileHandle): FileHandle => {
  for (const name of HANDLE_CALLS)
    Object.defineProperty(handle, name, { value: around(name, handle[name].bind(handle)), configurable: true })
  return handle
}
