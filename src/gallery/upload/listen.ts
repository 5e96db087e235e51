// Waits for the first file that is dragged over the page or pasted: what handles them is loaded then.

import { shown } from '../app/toasts.ts'
import { isDropZoneWanted, takesFiles } from './state.ts'

addEventListener('dragenter', () => {
  isDropZoneWanted.value = true
})

addEventListener('paste', ({ clipboardData }) => {
  // They are gone when the event is over.
  const files = [...(clipboardData?.files ?? [])]
  if (files.length > 0 && takesFiles.value) void shown(async () => (await import('./take.ts')).takeFiles(files))
})
