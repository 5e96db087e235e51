// Types of memory-engine.mjs, which benchmarks run without a compiler.

import type { Server } from 'node:http'

export interface EngineControls {
  /** Sets the clock forward. */
  advance(ms: number): void
  /** Keys of all objects, each behind the name of its bucket. */
  keys(): string[]
  /** Number of requests so far that change something, or would: PUT, POST and DELETE. */
  writes(): number
  /** From now on, these are refused: the credentials may only read. */
  forbidWrites(): void
}

export function createEngine(): EngineControls & { server: Server }

/** An error as engines describe it. @param more elements of it. @default none */
export function errorBody(code: string, more?: string): string
