// Queries of pictures in their plain forms: none, a size, a signature.

import { EXPIRES, SIGNATURE } from '../../core/transform/signature.ts'
import type { TransformRequestParser } from '../request/transform-request.ts'

export interface PictureQuery {
  size: string | undefined
  /** See {@link FastGuard.picture}. */
  signedUntil(): number | undefined
}

const SIZE = /^\?size=([a-z]+)$/
const SIGNATURE_FORM = /^[\w-]{1,100}$/
const EXPIRES_FORM = /^[1-9]\d{0,11}$/

const unsigned = (): undefined => undefined

/**
 * Reads the query of a picture that is no transform. Undefined for other forms: the app has to answer.
 *
 * @param path below the root of the app
 * @param search query as received, with its `?`, or empty
 */
export const readPictureQuery = (
  transformRequests: Pick<TransformRequestParser, 'signedUntil'>,
  path: string,
  search: string,
): PictureQuery | undefined => {
  if (search === '') return { size: undefined, signedUntil: unsigned }
  const size = SIZE.exec(search)?.[1]
  if (size !== undefined) return { size, signedUntil: unsigned }
  const parameters = [...new URLSearchParams(search)]
  const values = new Map(parameters)
  const isPlain =
    values.size === parameters.length &&
    parameters.every(([name]) => name === 'size' || name === EXPIRES || name === SIGNATURE) &&
    SIGNATURE_FORM.test(values.get(SIGNATURE) ?? '') &&
    EXPIRES_FORM.test(values.get(EXPIRES) ?? '')
  if (!isPlain) return undefined
  return { size: values.get('size'), signedUntil: remembered(() => transformRequests.signedUntil(path, search)) }
}

/** Verifies a signature once: its keys do not change. Undefined where it is not valid. */
export const remembered = (verify: () => number | undefined): (() => number | undefined) => {
  let untilMs: number | undefined
  return () => {
    if (untilMs !== undefined) return untilMs
    try {
      untilMs = verify()
    } catch {
      // The app verifies it again and reports the error.
    }
    return untilMs
  }
}
