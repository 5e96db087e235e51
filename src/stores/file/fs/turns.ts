// Turns of the event loop: requests of one turn share the validation of what they read. See {@link Store.current}.

/** Last validation: turn of the event loop, and time by `performance.now()`. */
export interface Validation {
  turn: number
  atMs: number
}

export interface Turns {
  /** True where the validation was made in this turn, a millisecond ago at most. */
  isShared(last: Validation): boolean
  /** Records a validation. */
  validated(last: Validation): void
}

/** A turn with more than a thousand busy connections may go on for longer. */
const MOST_SHARED_MS = 1

export const createTurns = (): Turns => {
  let turn = 1
  let turnEnds = false
  return {
    isShared: (last) => last.turn === turn && performance.now() - last.atMs < MOST_SHARED_MS,

    validated(last) {
      if (!turnEnds)
        setImmediate(() => {
          turn++
          turnEnds = false
        })
      turnEnds = true
      last.turn = turn
      last.atMs = performance.now()
    },
  }
}
