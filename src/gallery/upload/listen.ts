// Waits for the first file that is dragged over the page or pasted: what handles them is loaded then.

import { isMember } from '../app/session.ts'
import { shown } from '../app/toasts.ts'
import { isDropZoneWanted } from './state.ts'

addEventListener('dragenter', () => {
  isDropZoneWanted.value = true
})

addEventListener('paste', ({ clipboardData }) => {
  // They are gone when the event is over.
  const files = [...(clipboardData?.files ?? [])]
  if (files.length > 0 && isMember.value) void shown(async () => (await import('./take.ts')).takeFiles(files))
})
