// Types of start.mjs.

import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** The built command line, dist/cli/main.js. */
export declare const MAIN: string

export interface StartOptions {
  cwd?: string
  /** The whole environment of {@link startProgram}, with PATH added by {@link startTintype}. */
  env?: NodeJS.ProcessEnv
  /** Text for standard input. @default '' */
  input?: string
  /** Standard error: kept, thrown away, or written to an open file. @default 'pipe' */
  log?: 'pipe' | 'ignore' | number
}

export interface Run {
  child: ChildProcessByStdio<Writable, Readable, Readable | null>
  stdout(): string
  stderr(): string
  /** Exit code, or the signal that ended it, once every process that holds its output has ended. */
  ended: Promise<number | NodeJS.Signals>
  /** SIGTERM to the program itself. @returns `ended` */
  stop(): Promise<number | NodeJS.Signals>
  /** SIGKILL to its process group; resolves at the end. */
  kill(): Promise<void>
}

export interface Service extends Run {
  /** `http://127.0.0.1:<port>` */
  url: string
  port: number
}

/** Starts a program as the leader of a process group of its own. */
export declare const startProgram: (program: string, args: readonly string[], options: StartOptions) => Run

/**
 * Starts `tintype` with these arguments.
 *
 * @param options.under a program, with its arguments, that starts it: `['prlimit', '--nofile=64']`. @default none
 */
export declare const startTintype: (
  args: readonly string[],
  options: StartOptions & { under?: readonly string[] },
) => Run

/** Waits for the banner of `tintype serve`. @throws Error with its standard error where it ends before */
export declare const untilServing: (started: Run) => Promise<Service>
