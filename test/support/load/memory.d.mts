// Types of memory.mjs.

export interface Load {
  server: { url: string; port: number; key?: string }
  /** Working folder of the server's processes, which no other process has. */
  cwd: string
  /** Project whose list is read. @default the project of the uploads */
  listed?: string
  uploads: number
  urls: number
  connections: number
  /** Reads of the whole list. */
  lists: number
}

/** The most resident memory under one load, in bytes. */
export interface Peak {
  load: string
  /** Of one process that serves. */
  server: number
  /** Of one encoder. */
  encoder: number
  /** Of all processes together; shared pages count for each. */
  all: number
}

/** Runs a load, and samples the processes that work in a folder. */
export declare const peakDuring: (cwd: string, run: () => Promise<unknown>) => Promise<Omit<Peak, 'load'>>

export declare const underLoad: (load: Load) => Promise<Peak[]>
