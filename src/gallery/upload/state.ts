// Which parts of uploads are shown, which are loaded then; and whether dropped and pasted files are taken.

import { computed, signal } from '@preact/signals'
import { mayCreate } from '../app/session.ts'

/** True once something was dragged over the page. */
export const isDropZoneWanted = signal(false)

/** True while there are uploads to show. */
export const hasUploads = signal(false)

/** Whether the person may upload to the project that is shown; undefined where none is: files go into a new one. */
export const mayUploadHere = signal<boolean | undefined>(undefined)

export const takesFiles = computed(() => mayUploadHere.value ?? mayCreate.value)
