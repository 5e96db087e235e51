// A fault at every call of one kind, one after the other, each in a run of its own.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErrorCode } from '../../../src/core/errors.ts'
import { checkRun } from './check.ts'
import { runOnce } from './run.ts'
import type { Base, Scenario } from './scenario.ts'

export interface Fault {
  name: string
  /** As strace spells it. */
  inject: string
  /** How it may be answered. Undefined for one that ends the process. */
  refusal?: ErrorCode
  /** System calls that it is not put into. */
  never: readonly string[]
}

export interface Series {
  /** Calls that were struck. */
  struck: number
  /** What was wrong, with the call at which the fault struck. */
  findings: string[]
}

export interface SeriesOptions {
  scenario: Scenario
  base: Base
  fault: Fault
  /** Name of the system call. */
  call: string
  /** Paths below the store that the operation names. */
  within: readonly string[]
  /** For the runs, each of which is removed once it was checked. */
  folder: string
}

/** Until a run comes through without having been struck. */
export const strikeEach = async ({ scenario, base, fault, call, within, folder }: SeriesOptions): Promise<Series> => {
  const findings: string[] = []
  // An encoder that dies is replaced, without an error for the client.
  const allowed = { refusal: fault.refusal, silence: fault.refusal === undefined && scenario.process !== 'encoder' }
  for (let n = 1; ; n++) {
    const injection = { call, fault: fault.inject, n }
    const run = await runOnce({ scenario, base, within, injection, folder: join(folder, `${call}-${n}`) })
    const wrong = await checkRun(scenario, base, run, allowed)
    const where = `${scenario.name}, ${fault.name} at ${call} ${n}: ${run.struck?.text ?? 'not struck'}`
    findings.push(...wrong.map((finding) => `${where}: ${finding}`))
    await rm(run.folder, { recursive: true })
    if (!run.struck) return { struck: n - 1, findings }
  }
}
