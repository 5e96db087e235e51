// Encoder pool without processes of its own: its pictures are made by processes on any machine that shares the storage
// folder.

import { rename } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { TintypeError } from '../../core/errors.ts'
import { variantsOf } from '../../core/names.ts'
import { NO_OBSERVER, type Observer } from '../../telemetry/observer.ts'
import type { DrawJob, EncodedPicture, EncodeJob, EncoderPool, Priority, RenderJob } from '../encoder.ts'
import { isBounded, observed } from '../pool/pool.ts'
import { parseEncodedReply, parseRenderedReply, parseTurnReply } from '../reply.ts'
import { parseReply, type RemoteTask } from './messages.ts'

/** Calls to the processes that make pictures. */
export interface EncoderCalls {
  /**
   * Resolves with the reply to a task.
   *
   * @throws TintypeError `busy` where no process begins or ends it in time, or no broker can be reached; the signal's reason
   *   where it aborts before a process has begun
   */
  call(task: RemoteTask, options: CallOptions): Promise<unknown>
  /** @throws TintypeError `busy` where a call would wait in vain */
  assertReachable(): void
  /** Number of calls of this priority that no process has begun. */
  waitingOf(priority: Priority): number
  /** Ends the calls that wait with `shutting_down`, and waits for those that a process has begun. */
  close(): Promise<void>
}

interface CallOptions {
  lane: Priority
  signal?: AbortSignal
  /** Longest time until a process begins, and again until it ends, in milliseconds. @default that of the calls */
  waitMs?: number
  /** True for a call that its signal ends at any time. @default false */
  isLeft?: boolean
}

export interface RemoteEncodersOptions {
  calls: EncoderCalls
  /** Folder of the store, absolute. */
  storageDir: string
  /** Most waiting pictures of each priority but `job`; further ones are refused as `busy`. @default 64 */
  maxWaiting?: number
  /** @default none */
  observer?: Pick<Observer, 'jobEnded'>
}

/** Longest wait for a turn, in milliseconds: no client waits for it. */
const TURN_MS = 600_000

/** Time after which a waiting picture may have begun, in seconds. */
const RETRY_SECONDS = 5

export const createRemoteEncoders = (options: RemoteEncodersOptions): EncoderPool => {
  const { calls, storageDir, observer = NO_OBSERVER } = options
  // Without encoders of its own, no picture begins without a wait.
  const maxWaiting = Math.max(1, options.maxWaiting ?? 64)
  let isClosed = false

  const below = (path: string): string => relative(storageDir, path).replaceAll(sep, '/')

  const assertRoom = (priority: Priority = 'upload'): void => {
    if (isClosed) throw new TintypeError('shutting_down', 'The server accepts no more pictures.')
    calls.assertReachable()
    const waiting = calls.waitingOf(priority)
    if (waiting < maxWaiting || isBounded(priority)) return
    throw new TintypeError('busy', `${waiting} pictures are waiting already.`, { retryAfterSeconds: RETRY_SECONDS })
  }

  const call = async (task: RemoteTask, how: CallOptions) => parseReply(await calls.call(task, how))

  const encode = async (job: EncodeJob, how: CallOptions): Promise<EncodedPicture> => {
    const { original, medium, thumb, game, source } = job.targets
    const targets = {
      original: below(original),
      medium: below(medium),
      thumb: below(thumb),
      game: below(game),
      source: source === undefined ? undefined : below(source),
    }
    const task = { kind: 'encode', source: below(job.source), targets, sha256: job.sha256 } as const
    const { reply, suffix } = await call(task, how)
    const picture = parseEncodedReply(reply)
    await Promise.all(variantsOf(picture.sizes).map((name) => adopt(job.targets[name], suffix)))
    return picture
  }

  const render = async ({ source, target, recipe }: RenderJob, how: CallOptions) => {
    const file = target === undefined ? undefined : below(target)
    const { reply, suffix } = await call({ kind: 'render', source: below(source), target: file, recipe }, how)
    const picture = parseRenderedReply(reply)
    if (picture.content === undefined) await adopt(target, suffix)
    return picture
  }

  const draw = async (job: DrawJob, how: CallOptions) => {
    const { base, cells, raw, target, ...rest } = job
    const task = {
      ...rest,
      cleared: [...rest.cleared],
      base: base && { ...base, path: below(base.path) },
      cells: cells.map((cell) => ({ ...cell, path: below(cell.path) })),
      raw: raw === undefined ? undefined : below(raw),
      target: target === undefined ? undefined : below(target),
    }
    const { reply, suffix } = await call({ kind: 'draw', ...task }, how)
    const picture = parseRenderedReply(reply)
    if (picture.content === undefined) await Promise.all([adopt(target, suffix), adopt(raw, suffix)])
    return picture
  }

  return {
    encode: (job, { priority: lane = 'upload', signal } = {}) =>
      observed(observer, 'encode', async () => {
        assertRoom(lane)
        return encode(job, { lane, signal })
      }),
    render: (job, signal) =>
      observed(observer, 'render', async () => {
        assertRoom('transform')
        return render(job, { lane: 'transform', signal })
      }),
    draw: (job, signal) =>
      observed(observer, 'render', async () => {
        assertRoom('transform')
        return draw(job, { lane: 'transform', signal })
      }),
    async turn({ priority: lane, signal }) {
      assertRoom(lane)
      const { reply } = await call({ kind: 'turn' }, { lane, signal, waitMs: TURN_MS, isLeft: true })
      parseTurnReply(reply)
    },
    assertRoom,
    waitingOf: calls.waitingOf,
    async close() {
      isClosed = true
      await calls.close()
    },
  }
}

/**
 * Gives a file of a reply the name of its target. Each process writes under names of its own: one that was taken for dead
 * and goes on writes none that is stored.
 */
const adopt = async (target: string | undefined, suffix = ''): Promise<void> => {
  if (target === undefined) return
  await rename(target + suffix, target).catch((cause: unknown) => {
    throw new TintypeError('store_unavailable', 'The store cannot be used now.', { cause, retryAfterSeconds: 5 })
  })
}
