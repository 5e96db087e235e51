// Pulls a project once, or again whenever its change feed reports a revision that the last pull has not seen.

import { z } from 'zod'
import { parseAnswer } from '../answer.ts'
import type { Remote } from '../remote.ts'
import { type Pulled, type PullOptions, pullProject } from './pull-project.ts'

export interface WatchOptions {
  /** Whether it goes on after the first pull, until the signal aborts. */
  isWatching: boolean
  signal: AbortSignal
  /** Called after each pull that did something, and the first one. @returns its exit code */
  report(pulled: Pulled): number
}

/** Longest wait of one request for a change, in seconds. */
const WAIT_SECONDS = 30

const changesSchema = z.object({ revision: z.int().min(0), reset: z.boolean() })

/** @returns the exit code: of the last report, or that of a change where an earlier pull has made one. @throws Error */
export const pullAndWatch = async (
  options: PullOptions,
  { isWatching, signal, report }: WatchOptions,
): Promise<number> => {
  let pulled = await pullProject(options)
  let code = report(pulled)
  try {
    while (isWatching) {
      await nextChange(options.remote, options.projectId, pulled.revision)
      pulled = await pullProject(options)
      if (pulled.written + pulled.removed + pulled.refused.length > 0) code = report(pulled) || code
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return code
}

/** Resolves once the project has another revision, or may have one. @throws Error also where the project was deleted */
const nextChange = async (remote: Pick<Remote, 'send'>, projectId: string, known: number): Promise<void> => {
  for (;;) {
    const path = `/projects/${projectId}/changes?since=${known}&wait=${WAIT_SECONDS}`
    const { revision, reset } = parseAnswer(await remote.send({ path }), changesSchema)
    if (reset || revision !== known) return
  }
}
