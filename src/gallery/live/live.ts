// Changes by others: read again when they have happened, but never while something is held on the wall.

import { effect } from '@preact/signals'
import type { ProjectEvent } from '../../client/index.ts'
import { isHeld } from '../pictures/wall-state.ts'
import type { ProjectModel } from '../project/model.ts'
import { listenTo } from './shared-stream.ts'

/** Time for further changes, in milliseconds; and for the answers of this tab's own ones. */
const GATHER_MS = 700

/** @returns ends it */
export const followChanges = (model: ProjectModel): (() => void) => {
  let waiting: ProjectEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isReading = false

  const readAgain = async (): Promise<void> => {
    timer = undefined
    if (isHeld.value || isReading) return
    const news = waiting.filter((event) => isNews(event, model))
    waiting = []
    // The number of pictures may have been read before this tab's own change was stored.
    if (news.length === 0) return model.readProject()
    isReading = true
    await model.refresh().finally(() => {
      isReading = false
    })
    if (waiting.length > 0) later()
  }
  const later = () => {
    timer ??= setTimeout(() => void readAgain(), GATHER_MS)
  }

  let stop = () => {}
  // What cannot be read is not listened to either.
  const endWait = effect(() => {
    if (!model.project.value) return
    queueMicrotask(() => endWait())
    stop = listenTo(model.projectId, (event) => {
      waiting.push(event)
      later()
    })
  })
  const endHold = effect(() => {
    if (!isHeld.value && waiting.length > 0) later()
  })
  return () => {
    endWait()
    endHold()
    stop()
    clearTimeout(timer)
  }
}

/** False for what this tab shows already, such as its own uploads and deletions. */
const isNews = ({ type, ...event }: ProjectEvent, model: ProjectModel): boolean => {
  if (type !== 'image.added' && type !== 'image.deleted') return true
  const imageId = 'image_id' in event ? event.image_id : undefined
  return model.has(imageId ?? '') !== (type === 'image.added')
}
