// Bulk uploads: the files of one request, received one after another, encoded side by side, committed in their order.
//
// Each file is an upload of its own (upload.ts), with its own outcome. Three things make them work together:
// - The next file is received once the one before it has a place among the encoders, so that a request takes the memory and
//   the disk of a few uploads, whatever it holds. Places are few and shared by all requests of this process.
// - A file waits for a place where a single upload would be refused as `busy`: its bytes are here already.
// - Changes are handed to the store in the order of the files, each without waiting for the commit before it, so that they
//   are committed together.

import { setMaxListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { TintypeError } from '../../core/errors.ts'
import {
  type BulkFile,
  type BulkOutcome,
  type BulkUploaded,
  type BulkUploadOptions,
  createEvent,
  receiveEach,
} from './bulk-files.ts'
import { createUploader, type UploaderOptions, type UploadOptions } from './upload.ts'

/**
 * Uploads files, and reports the outcome of each. Never rejects: where the files cannot be read to their end, `broken` says
 * why. The rest of a file is skipped where its upload fails before its end.
 *
 * @param report called once a file is stored or refused
 */
export type BulkUpload = <Report>(
  projectId: string,
  files: AsyncIterable<BulkFile>,
  report: (outcome: BulkOutcome) => Report,
  options?: BulkUploadOptions,
) => Promise<BulkUploaded<Report>>

/** Uploads of all bulk requests of this process that are encoded or committed at the same time. */
const PLACES = 16

/** Longest wait for room among the encoders, in milliseconds. */
const PATIENCE_MS = 30_000
/** Interval of looking for room, in milliseconds. */
const LOOK_MS = 25

export const createBulkUploader = (options: UploaderOptions): BulkUpload => {
  const { store, encoders } = options
  const places = createPlaces(PLACES)

  /** @throws TintypeError `busy` after a long wait, `shutting_down` */
  const untilRoom = async (signal: AbortSignal | undefined): Promise<void> => {
    for (const beginMs = performance.now(); ; ) {
      try {
        return encoders.assertRoom()
      } catch (error) {
        if (!isBusy(error) || performance.now() - beginMs > PATIENCE_MS) throw error
      }
      await setTimeout(LOOK_MS, undefined, { signal })
    }
  }

  /** Begins one upload. `received` resolves once the next file may be read. */
  const begin = (projectId: string, file: BulkFile, turn: Turn, request: UploadOptions) => {
    const received = createEvent()
    let leave = () => {}
    const upload = createUploader({
      ...options,
      encoders: {
        // Its place is waited for.
        assertRoom() {},
        async encode(job, encoding) {
          leave = await places.take(encoding?.signal)
          received.happen()
          await untilRoom(encoding?.signal)
          return encoders.encode(job, encoding)
        },
      },
      store: {
        ...store,
        async transition(...change) {
          await turn.begins
          const done = store.transition(...change)
          turn.end()
          return done
        },
      },
    })
    const done = upload(projectId, file.content, request)
      .then((uploaded) => ({ uploaded }))
      .finally(() => {
        leave()
        turn.end()
        received.happen()
      })
    return { received: received.happened, done }
  }

  return async (projectId, files, report, options = {}) => {
    const { by, signal, confirm, dedupe } = options
    // Every file under way listens.
    if (signal) setMaxListeners(0, signal)
    const turns = createTurns()
    const beginOne = (file: BulkFile, idempotencyKey: string | undefined) =>
      begin(projectId, file, turns(), { by, signal, confirm, dedupe, details: file.details, idempotencyKey })
    return receiveEach(files, beginOne, report, options)
  }
}

const isBusy = (error: unknown): boolean => error instanceof TintypeError && error.code === 'busy'

interface Turn {
  /** Resolves once all turns before this one have ended. */
  begins: Promise<void>
  /** May be called again. */
  end(): void
}

const createTurns = (): (() => Turn) => {
  let last: Promise<void> = Promise.resolve()
  return () => {
    const begins = last
    const { happened, happen } = createEvent()
    last = happened
    return { begins, end: () => void begins.then(happen) }
  }
}

interface Places {
  /** Takes a place, and returns the function that leaves it. First come, first served. @throws the signal's reason */
  take(signal: AbortSignal | undefined): Promise<() => void>
}

const createPlaces = (count: number): Places => {
  let free = count
  const waiting = new Set<() => void>()

  const leave = () => {
    const [next] = waiting
    if (!next) free++
    else next()
  }

  const wait = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      const end = () => {
        waiting.delete(enter)
        signal?.removeEventListener('abort', abort)
      }
      const enter = () => {
        end()
        resolve()
      }
      const abort = () => {
        end()
        reject(signal?.reason)
      }
      waiting.add(enter)
      signal?.addEventListener('abort', abort, { once: true })
    })

  return {
    async take(signal) {
      signal?.throwIfAborted()
      if (free > 0) free--
      else await wait(signal)
      return leave
    },
  }
}
