// Failures of a copy: those of a whole place end it, others concern one project.

import { TintypeError } from '../../core/errors.ts'
import { isFull } from '../file/fs/durable.ts'

/** True for an error of a whole place, as where a disk is full or a bucket cannot be reached: other projects fail too. */
export const isOfPlace = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  return (
    isFull(error) || (error instanceof TintypeError && error.code === 'store_unavailable') || isOfPlace(error.cause)
  )
}
