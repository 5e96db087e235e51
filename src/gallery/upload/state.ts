// Which parts of uploads are shown: these parts are loaded when they are.

import { signal } from '@preact/signals'

/** True once something was dragged over the page. */
export const isDropZoneWanted = signal(false)

/** True while there are uploads to show. */
export const hasUploads = signal(false)
