// Deletions that can be undone: nothing is sent until their time is over.

export interface Deletion {
  /** Takes it back, unless it was sent. */
  undo(): void
  /** Sends it before its time is over, unless it was taken back. */
  sendNow(): void
}

export interface DeletionOptions {
  /** @default 8000 */
  delayMs?: number
  hide(ids: ReadonlySet<string>): void
  show(ids: ReadonlySet<string>): void
  /** Deletes up to 1000. */
  send(ids: readonly string[]): Promise<unknown>
  onError(error: unknown): void
}

/** Time for taking a deletion back, in milliseconds. */
export const UNDO_MS = 8000

/** Most images that the API deletes at once. */
const MOST = 1000

export const deleteLater = (
  ids: ReadonlySet<string>,
  { delayMs = UNDO_MS, hide, show, send, onError }: DeletionOptions,
): Deletion => {
  hide(ids)
  let isOver = false
  const run = async () => {
    if (isOver) return
    isOver = true
    const list = [...ids]
    for (let at = 0; at < list.length; at += MOST) {
      const part = list.slice(at, at + MOST)
      try {
        await send(part)
      } catch (error) {
        show(new Set(list.slice(at)))
        onError(error)
        return
      }
    }
  }
  const timer = setTimeout(() => void run(), delayMs)
  return {
    undo() {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      show(ids)
    },
    sendNow() {
      clearTimeout(timer)
      void run()
    },
  }
}
