// Pulls a project or collection once, or again whenever its change feed reports what the last pull has not seen.

import { z } from 'zod'
import { parseAnswer } from '../answer.ts'
import { type Pulled, type PullOptions, pathOf, pullProject } from './pull-project.ts'

export interface WatchOptions {
  /** Whether it goes on after the first pull, until the signal aborts. */
  isWatching: boolean
  signal: AbortSignal
  /** Called after each pull that did something, and the first one. @returns its exit code */
  report(pulled: Pulled): number
}

/** Longest wait of one request for a change, in seconds. */
const WAIT_SECONDS = 30

const changesSchema = z.union([
  z.object({ revision: z.int().min(0), reset: z.boolean() }),
  z.object({ tag: z.string(), changed: z.boolean() }),
])

/** @returns the exit code: of the last report, or that of a change where an earlier pull has made one. @throws Error */
export const pullAndWatch = async (
  options: PullOptions,
  { isWatching, signal, report }: WatchOptions,
): Promise<number> => {
  let pulled = await pullProject(options)
  let code = report(pulled)
  try {
    while (isWatching) {
      await nextChange(options, pulled.position)
      pulled = await pullProject(options)
      if (pulled.written + pulled.removed + pulled.refused.length > 0) code = report(pulled) || code
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return code
}

/** Resolves once there is a change, or may be one. @throws Error also where the project or collection was deleted */
const nextChange = async (options: Pick<PullOptions, 'remote' | 'name' | 'isCollection'>, known: string) => {
  for (;;) {
    const path = `${pathOf(options)}/changes?since=${known}&wait=${WAIT_SECONDS}`
    const answer = parseAnswer(await options.remote.send({ path }), changesSchema)
    if ('tag' in answer ? answer.changed : answer.reset || String(answer.revision) !== known) return
  }
}
