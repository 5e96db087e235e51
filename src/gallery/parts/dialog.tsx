// Dialogs: one modal at a time, with the focus and keys of <dialog>.

import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { Icon } from './icon.tsx'
import { ToastList } from './toast-list.tsx'

export const shownDialog = signal<ComponentChildren>(null)

export const openDialog = (dialog: ComponentChildren): void => {
  shownDialog.value = dialog
}

export const closeDialog = (): void => {
  shownDialog.value = null
}

export const DialogHost = () => <>{shownDialog.value}</>

interface DialogProps {
  title: string
  /** @default closes it */
  onClose?: () => void
  /** @default false */
  isWide?: boolean
  children: ComponentChildren
}

export const Dialog = ({ title, onClose = closeDialog, isWide = false, children }: DialogProps) => {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={element}
      class={isWide ? 'dialog wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      // Closed by the browser without a `cancel` event: dialogs that were opened without a user gesture.
      onClose={onClose}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        <button type="button" class="quiet round" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
      <ToastList />
    </dialog>
  )
}
