// Public API of the library.

export { createTintype } from './compose/compose.ts'
export { type ErrorCode, TintypeError } from './core/errors.ts'
export type { Hint } from './core/hint.ts'
export { SIZES, type Size } from './core/names.ts'
export { type SignUrlOptions, signUrl } from './core/transform/signature.ts'
export type { Tintype, TintypeOptions } from './options.ts'
