// Toasts: short messages at the edge of the page, some with an action.

import { signal } from '@preact/signals'
import { wordsOf } from './api.ts'

export interface Toast {
  id: number
  text: string
  isError: boolean
  action: { label: string; run(): void } | undefined
}

export const toasts = signal<readonly Toast[]>([])

const SHOWN_MS = 6000

let last = 0

interface ToastOptions {
  isError?: boolean
  action?: Toast['action']
  /** @default 6000 */
  shownMs?: number
}

/** @returns removes it */
export const say = (text: string, { isError = false, action, shownMs = SHOWN_MS }: ToastOptions = {}): (() => void) => {
  const id = ++last
  const remove = () => {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }
  toasts.value = [...toasts.value.slice(-3), { id, text, isError, action }]
  setTimeout(remove, shownMs)
  return remove
}

export const sayError = (error: unknown): void => void say(wordsOf(error), { isError: true, shownMs: 10_000 })

/** Runs a task whose failure is shown. @returns its result; undefined where it has failed */
export const shown = async <Result>(task: () => Promise<Result>): Promise<Result | undefined> => {
  try {
    return await task()
  } catch (error) {
    sayError(error)
    return undefined
  }
}
