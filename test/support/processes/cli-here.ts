// The command line in this process: quicker than a process of its own, for what ends without serving.

import { vi } from 'vitest'
import { runCli } from '../../../src/cli/program.ts'

export interface CliOutcome {
  /** Undefined where the command ends by itself without an exit code, which is 0. */
  code: typeof process.exitCode | null
  stdout: string
  stderr: string
}

export const runCliHere = async (args: readonly string[]): Promise<CliOutcome> => {
  const texts = { stdout: '', stderr: '' }
  const ended = new Error('the command has ended')
  const signals = ['SIGINT', 'SIGTERM'] as const
  const before = signals.map((signal) => process.listeners(signal))
  const exitCode = process.exitCode
  let code: CliOutcome['code']
  let isOver = false
  const spies = [
    ...(['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text) => {
        if (!isOver) texts[name] += text
        return true
      }),
    ),
    // The first exit counts: what runs behind it here does not run in a process.
    vi.spyOn(process, 'exit').mockImplementation((status) => {
      if (!isOver) code = status
      isOver = true
      throw ended
    }),
  ]
  try {
    process.exitCode = undefined
    await runCli(args)
    code = process.exitCode
  } catch (error) {
    if (error !== ended) throw error
  } finally {
    process.exitCode = exitCode
    for (const spy of spies) spy.mockRestore()
    for (const [at, signal] of signals.entries())
      for (const listener of process.listeners(signal))
        if (!before[at]?.includes(listener)) process.off(signal, listener)
  }
  return { code, ...texts }
}
