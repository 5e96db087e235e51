// A script in a process of its own, that answers one message at a time; killed at the end of the test.

import { type ChildProcess, fork } from 'node:child_process'
import { onTestFinished } from 'vitest'

export interface Child {
  readonly pid: number
  /** Sends a message and resolves with the answer. Rejects where the process ends before it answered. */
  ask(message: object): Promise<unknown>
  signal(signal: NodeJS.Signals): void
  /** Resolves when the process is gone. */
  kill(): Promise<void>
}

export interface ChildOptions {
  /** Beside those of this process. @default {} */
  env?: Record<string, string>
  /** Working folder. @default this process's */
  cwd?: string
}

/** @param script a file that listens to `message` and answers each by one `process.send` */
export const startChild = async (script: URL, { env, cwd }: ChildOptions = {}): Promise<Child> => {
  // `advanced` carries bigint, which times are.
  const child = fork(script, { serialization: 'advanced', env: { ...process.env, ...env }, cwd, stdio: 'inherit' })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = async () => {
    child.kill('SIGKILL')
    await gone
  }
  onTestFinished(kill)
  await new Promise((resolve, reject) => child.once('spawn', () => resolve(undefined)).once('error', reject))
  const { pid } = child
  if (pid === undefined) throw new Error(`${script.pathname} did not start`)
  return { pid, ask: (message) => ask(child, message), signal: (signal) => void process.kill(pid, signal), kill }
}

const ask = (child: ChildProcess, message: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const ended = () =>
      reject(new Error(`the process ended (${child.signalCode ?? child.exitCode}) before it answered`))
    if (!child.connected) return ended()
    child.once('exit', ended)
    child.once('message', (answer) => {
      child.off('exit', ended)
      resolve(answer)
    })
    child.send(message, (error) => {
      if (error) reject(error)
    })
  })
