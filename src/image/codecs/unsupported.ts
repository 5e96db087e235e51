// The refusal of a sound picture in a layout that cannot be decoded right.

import { TintypeError } from '../../core/errors.ts'

/**
 * @param file such as `The TIFF file`
 * @param property what is not known of it, such as `compression`
 * @param received value in the file, for people, such as `Zstandard (50000)`
 * @param accepted values that can be decoded
 */
export const unsupportedLayout = (
  file: string,
  property: string,
  received: string,
  accepted: readonly string[],
): TintypeError =>
  new TintypeError(
    'unsupported_image_layout',
    `${file} cannot be decoded here: expected ${property} ${listed(accepted)}; it has ${received}.`,
    { details: { property, received, accepted } },
  )

const listed = (values: readonly string[]): string =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
