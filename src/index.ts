// What an embedding program imports.

export { createTintype, type Tintype, type TintypeOptions } from './compose.ts'
export { type ErrorCode, TintypeError } from './core/errors.ts'
export { SIZES, type Size } from './core/names.ts'
export { type SignUrlOptions, signUrl } from './core/signature.ts'
