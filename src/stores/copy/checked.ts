// Content of a file, checked against its record.

import { createHash } from 'node:crypto'
import type { Variant } from '../../core/project/model.ts'

/** Passes content on. @throws Error at its end, where it is not that of the record */
export async function* checked(
  content: AsyncIterable<Uint8Array>,
  { bytes, sha256 }: Variant,
): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash('sha256')
  let length = 0
  for await (const piece of content) {
    hash.update(piece)
    length += piece.length
    if (length > bytes) break
    yield piece
  }
  if (length !== bytes) throw new Error(`expected ${bytes} bytes, found ${length > bytes ? 'more' : length}`)
  if (hash.digest('hex') !== sha256) throw new Error('its content is not that of its record (SHA-256)')
}
