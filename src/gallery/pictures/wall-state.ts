// What happens on the wall at the moment.

import { signal } from '@preact/signals'

/** Where dragged images would be put: before an image, or behind it. */
export const dropMark = signal<{ id: string; isBehind: boolean } | undefined>(undefined)

/** True while something is pressed or dragged on the wall: nothing may move under the finger. */
export const isHeld = signal(false)
