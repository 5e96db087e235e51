// The uploads of this tab: sent by the client of the API, and reported to the project that is shown.

import { effect } from '@preact/signals'
import type { components } from '../../client/index.ts'
import { isCode, tintype } from '../app/api.ts'
import { withSession } from '../app/session.ts'
import { createQueue, type UploadItem } from './queue.ts'
import { hasUploads } from './state.ts'

type Uploaded = components['schemas']['UploadedImage']
export type Upload = UploadItem<Uploaded>

/** Times that an upload begins again after the client has given up: a server that is started again may need minutes. */
const PATIENCE = 20
const WAIT_MS = 3000

const listeners = new Set<(image: Uploaded) => void>()

const queue = createQueue<File, Uploaded>({
  async send({ projectId, key }, { source, signal, onLoaded }) {
    const options = { idempotencyKey: key, signal, onProgress: ({ loaded }: { loaded: number }) => onLoaded(loaded) }
    for (let lost = 1; ; lost++) {
      try {
        return await withSession(() => tintype.upload(projectId, source, options))
      } catch (error) {
        if (signal.aborted || lost > PATIENCE || !isCode(error, 'connection_failed')) throw error
        await wait(WAIT_MS, signal)
      }
    }
  },
  onDone: ({ result }) => {
    if (result) for (const listener of listeners) listener(result)
  },
})

export const uploads = {
  ...queue,
  add: (projectId: string, files: readonly File[]): void =>
    queue.add(
      projectId,
      files.map((file) => ({ source: file, name: file.name, size: file.size })),
    ),
}

/** Calls a listener for each image that was stored, until the returned function is called. */
export const onUploaded = (listener: (image: Uploaded) => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Connections that were lost for longer than the client is patient. */
addEventListener('online', () => uploads.retryAll((problem) => isCode(problem, 'connection_failed')))

const askBeforeLeaving = (event: BeforeUnloadEvent): void => event.preventDefault()

effect(() => {
  hasUploads.value = uploads.items.value.length > 0
  if (uploads.counts.value.active > 0) addEventListener('beforeunload', askBeforeLeaving)
  else removeEventListener('beforeunload', askBeforeLeaving)
})

/** @throws the reason of the signal, at once */
const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
