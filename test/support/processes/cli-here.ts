// The command line in this process: quicker than a process of its own, for what ends without serving.

import { vi } from 'vitest'
import { runCli } from '../../../src/cli/program.ts'

export interface CliOutcome {
  code: typeof process.exitCode | null
  stdout: string
  stderr: string
}

/** @param env variables that the command has beside those of the tests */
export const runCliHere = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliOutcome> => {
  const texts = { stdout: '', stderr: '' }
  const ended = new Error('the command has ended')
  const signals = ['SIGINT', 'SIGTERM'] as const
  const before = signals.map((signal) => process.listeners(signal))
  const exitCode = process.exitCode
  const variables = Object.keys(env).map((name) => [name, process.env[name]] as const)
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
      if (!isOver) code = status ?? 0
      isOver = true
      throw ended
    }),
  ]
  try {
    process.exitCode = undefined
    Object.assign(process.env, env)
    await runCli(args)
    code = process.exitCode ?? 0
  } catch (error) {
    if (error !== ended) throw error
  } finally {
    process.exitCode = exitCode
    for (const [name, value] of variables) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    for (const spy of spies) spy.mockRestore()
    for (const [at, signal] of signals.entries())
      for (const listener of process.listeners(signal))
        if (!before[at]?.includes(listener)) process.off(signal, listener)
  }
  return { code, ...texts }
}
