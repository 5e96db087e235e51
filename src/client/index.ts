// What a program imports from `tintype/client`.

export { type ClientOptions, createClient, dataOf, type TintypeClient } from './client.ts'
export { type ClientErrorCode, TintypeClientError } from './error.ts'
export type { ImgAttributes, ImgOptions, ShownImage } from './img-attributes.ts'
export type { Listed } from './pages.ts'
export type { RetryOptions } from './retry.ts'
export type { components, operations, paths } from './schema.ts'
export type { UploadProgress } from './send-form.ts'
export type { EventHandler, ProjectEvent, SubscribeOptions, Subscription } from './subscribe.ts'
export type { UploadOptions } from './upload.ts'
