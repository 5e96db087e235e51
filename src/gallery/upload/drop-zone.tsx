// The whole page as a drop zone for files and folders.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { shown } from '../app/toasts.ts'
import { ToolIcon } from '../parts/tool-icon.tsx'
import { t } from '../texts/texts.ts'
import { droppedFiles } from './files.ts'
import { takeFiles } from './take.ts'

export const DropZone = () => {
  const isOver = useSignal(false)
  useEffect(() => {
    const stop = new AbortController()
    const options = { signal: stop.signal }
    let leaving: ReturnType<typeof setTimeout> | undefined
    addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        clearTimeout(leaving)
        isOver.value = true
        // It comes every 350 ms at least while something is held over the page.
        leaving = setTimeout(() => {
          isOver.value = false
        }, 1000)
      },
      options,
    )
    addEventListener(
      'drop',
      (event) => {
        isOver.value = false
        if (!hasFiles(event) || !event.dataTransfer) return
        event.preventDefault()
        const files = droppedFiles(event.dataTransfer)
        void shown(async () => takeFiles(await files))
      },
      options,
    )
    return () => stop.abort()
  }, [isOver])
  if (!isOver.value) return null
  return (
    <div class="drop-zone">
      <ToolIcon name="upload" />
      <p>{t.dropHere}</p>
    </div>
  )
}

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false
