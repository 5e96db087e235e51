// Hints between workers: each sends its own to the supervisor, and that sends them to the others, so that they need not wait
// for a poll. The supervisor reports the end of a worker itself. A lost hint does no harm.

import { z } from 'zod'
import { type Hint, hintSchema } from '../core/hint.ts'

/** To the supervisor, and from it to the other workers. */
const messageSchema = z.object({ tintype: z.literal('hints'), hints: z.array(hintSchema) })

type Message = z.infer<typeof messageSchema>

/** A worker of node:cluster, as far as it is needed here. */
export interface HintedWorker {
  isConnected(): boolean
  send(message: Message, done: () => void): unknown
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: () => void): unknown
}

export interface HintExchange {
  /** Passes on the hints of a worker, those of the others to it, and its end to the others. */
  watch(worker: HintedWorker): void
}

export const createHintExchange = (): HintExchange => {
  const workers = new Set<HintedWorker>()

  const pass = (message: Message, from: HintedWorker): void => {
    // A worker that is about to end does not receive it.
    for (const other of workers) if (other !== from && other.isConnected()) other.send(message, () => {})
  }

  return {
    watch(worker) {
      workers.add(worker)
      worker.on('message', (message) => {
        const { data } = messageSchema.safeParse(message)
        if (data) pass(data, worker)
      })
      worker.once('exit', () => {
        workers.delete(worker)
        pass({ tintype: 'hints', hints: [{ type: 'ended' }] }, worker)
      })
    },
  }
}

/** Time in which hints are gathered for one message, in milliseconds: at most 200 messages a second from a worker. */
const GATHER_MS = 5

/** The parent process, as a worker of node:cluster has it. */
interface Parent {
  send?(message: Message, handle: undefined, options: undefined, done: () => void): unknown
  on(event: 'message', listener: (message: unknown) => void): unknown
}

export interface Hinting {
  /** Calls the listener with each hint of this process for others. */
  onHint(listener: (hint: Hint) => void): void
  /** Takes a hint of another process. */
  hint(hint: Hint): void
}

/** Sends the hints of this worker to the supervisor, and takes those of the others. @param parent @default this process's */
export const shareHints = ({ onHint, hint }: Hinting, parent: Parent = process): void => {
  /** By their text, so that each is sent once. */
  let gathered = new Map<string, Hint>()

  const send = (): void => {
    const message: Message = { tintype: 'hints', hints: [...gathered.values()] }
    gathered = new Map()
    // Without a supervisor, its workers end too.
    parent.send?.(message, undefined, undefined, () => {})
  }

  onHint((own) => {
    if (gathered.size === 0) setTimeout(send, GATHER_MS).unref()
    gathered.set(JSON.stringify(own), own)
  })
  parent.on('message', (message) => {
    for (const each of messageSchema.safeParse(message).data?.hints ?? []) hint(each)
  })
}
