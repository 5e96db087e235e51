// What an embedding program imports.

export { createTintype } from './compose.ts'
export type { Tintype, TintypeOptions } from './compose-options.ts'
export { type ErrorCode, TintypeError } from './core/errors.ts'
export { SIZES, type Size } from './core/names.ts'
export { type SignUrlOptions, signUrl } from './core/transform/signature.ts'
