// Whether everybody may do everything, as on a laptop, or has to say who it is.

import type { AuthMode } from '../../core/auth/auth-mode.ts'

export interface OpenDoorOptions {
  mode: AuthMode
  /** Whether there is a key, a user, or another way to say who one is. Asked with each request, until it says so. */
  isSetUp(): boolean
}

/** What is set up while it runs closes the door for good: nothing that goes away again can open it. */
export const createOpenDoor = ({ mode, isSetUp }: OpenDoorOptions): (() => boolean) => {
  if (mode !== 'auto') return () => mode === 'none'
  let isClosed = false
  return () => {
    isClosed ||= isSetUp()
    return !isClosed
  }
}
