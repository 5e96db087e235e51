// Errors: one table of codes, one error class.

interface Failure {
  /** HTTP status that `http/` answers with. */
  status: number
  /** The short, constant summary of the code (RFC 9457 `title`). */
  title: string
}

/** Codes are part of the API: never renamed, never reused. */
export const FAILURES = {
  malformed_request: { status: 400, title: 'The request is not valid HTTP' },
  invalid_project_id: { status: 400, title: 'Not a project id' },
  invalid_parameter: { status: 400, title: 'A parameter has a value that is not accepted' },
  invalid_body: { status: 400, title: 'The body is not valid for this route' },
  malformed_multipart: { status: 400, title: 'The multipart body cannot be read' },
  malformed_archive: { status: 400, title: 'The archive cannot be read' },
  file_missing: { status: 400, title: 'No file in the upload' },
  wrong_field: { status: 400, title: 'The file has another field name than expected' },
  too_many_files: { status: 400, title: 'One upload takes one file' },
  upload_aborted: { status: 400, title: 'The upload was aborted' },
  wrong_credentials: { status: 401, title: 'The e-mail address or the password is wrong' },
  unauthenticated: { status: 401, title: 'Authentication is missing or invalid' },
  forbidden: { status: 403, title: 'The permission is missing' },
  registration_closed: { status: 403, title: 'Registration is closed' },
  invite_invalid: { status: 403, title: 'The invitation is not valid' },
  password_reset_closed: { status: 403, title: 'Passwords are not reset by mail here' },
  reset_token_invalid: { status: 403, title: 'The link for a new password is not valid' },
  identity_without_email: { status: 403, title: 'The identity provider names no e-mail address' },
  account_disabled: { status: 403, title: 'The account is disabled' },
  oidc_denied: { status: 403, title: 'The identity provider refused the sign-in' },
  oidc_state: { status: 403, title: 'The sign-in was not begun by this browser, or has expired' },
  oidc_failed: { status: 403, title: 'The answer of the identity provider is not valid' },
  csrf: { status: 403, title: 'The request may come from another site' },
  unexpected_host: { status: 403, title: 'The host of the request is not accepted' },
  signature_required: { status: 403, title: 'The URL needs a signature' },
  signature_invalid: { status: 403, title: 'The signature does not match the URL' },
  signature_expired: { status: 403, title: 'The signed URL has expired' },
  route_not_found: { status: 404, title: 'No such route' },
  oidc_not_configured: { status: 404, title: 'No identity provider is set up here' },
  project_not_found: { status: 404, title: 'No such project' },
  collection_not_found: { status: 404, title: 'No such collection' },
  image_not_found: { status: 404, title: 'No such image' },
  asset_not_found: { status: 404, title: 'No such asset' },
  object_not_found: { status: 404, title: 'No such object in the source of the project' },
  page_not_found: { status: 404, title: 'No such page of an atlas, or it was replaced' },
  job_not_found: { status: 404, title: 'No such job' },
  batch_not_found: { status: 404, title: 'No such batch' },
  job_without_image: { status: 404, title: 'The job has no image, or not yet' },
  link_not_found: { status: 404, title: 'No such link, or it has ended' },
  webhook_not_found: { status: 404, title: 'No such webhook' },
  delivery_not_found: { status: 404, title: 'No such delivery' },
  no_primary_image: { status: 404, title: 'The project has no image yet' },
  method_not_allowed: { status: 405, title: 'The route does not support this method' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  idempotency_running: { status: 409, title: 'The upload with this Idempotency-Key is still running' },
  job_conflict: { status: 409, title: 'The job is in another state than the request needs' },
  email_taken: { status: 409, title: 'The e-mail address has an account already' },
  project_exists: { status: 409, title: 'The project exists and differs from the request' },
  too_many_links: { status: 409, title: 'The project has too many links' },
  too_many_webhooks: { status: 409, title: 'There are too many webhooks' },
  webhook_of_settings: { status: 409, title: 'The webhook is described by the settings of the server' },
  precondition_failed: { status: 412, title: 'A precondition of the request does not hold' },
  upload_too_large: { status: 413, title: 'The upload is too large' },
  too_many_pixels: { status: 413, title: 'The picture has too many pixels' },
  multipart_required: { status: 415, title: 'The upload is not multipart/form-data' },
  not_an_image: { status: 415, title: 'The file is not an image' },
  unsupported_image_type: { status: 415, title: 'This type of image is not accepted' },
  unsupported_image_layout: { status: 415, title: 'The image is sound, but its layout cannot be decoded' },
  range_not_satisfiable: { status: 416, title: 'The image ends before the range begins' },
  expectation_failed: { status: 417, title: 'The expectation of the request is not supported' },
  empty_file: { status: 422, title: 'The file is empty' },
  unreadable_entry: { status: 422, title: 'The file cannot be read from the archive' },
  damaged_image: { status: 422, title: 'The image is damaged' },
  image_too_slow: { status: 422, title: 'Decoding the image took too long' },
  too_many_images: { status: 422, title: 'The project has too many images for this request' },
  no_such_account: { status: 422, title: 'No account has the e-mail address' },
  idempotency_conflict: { status: 422, title: 'The Idempotency-Key was used for another file' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The head of the request is too large' },
  // Not a registered status, but the one that web servers log; it is never sent.
  client_gone: { status: 499, title: 'The client closed the connection before the response' },
  internal: { status: 500, title: 'An unexpected error on the server' },
  project_damaged: { status: 500, title: 'The files of the project are damaged' },
  busy: { status: 503, title: 'The server is busy' },
  encoder_failed: { status: 503, title: 'The picture could not be processed' },
  read_only: { status: 503, title: 'The store is read-only' },
  store_unavailable: { status: 503, title: 'The store cannot be written' },
  issuer_unavailable: { status: 503, title: 'The keys of the token issuer cannot be fetched' },
  oidc_unavailable: { status: 503, title: 'The identity provider cannot be reached' },
  source_unavailable: { status: 503, title: 'The source of the project cannot be read' },
  shutting_down: { status: 503, title: 'The server is shutting down' },
  storage_full: { status: 507, title: 'The storage is full' },
  quota_exceeded: { status: 507, title: 'The quota is used up' },
} as const satisfies Record<string, Failure>

export type ErrorCode = keyof typeof FAILURES

/** Codes of errors of an encoder that concern the picture: another attempt gives the same one. */
export const PICTURE_ERRORS: readonly ErrorCode[] = [
  'empty_file',
  'not_an_image',
  'unsupported_image_type',
  'unsupported_image_layout',
  'damaged_image',
  'too_many_pixels',
]

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(FAILURES, code)

/** All codes, in the order of the table. */
export const ERROR_CODES: readonly ErrorCode[] = Object.keys(FAILURES).filter(isErrorCode)

export interface TintypeErrorOptions {
  /** The underlying error: for the log, never shown to a client. */
  cause?: unknown
  /** When it makes sense to try again, in seconds (`Retry-After`). */
  retryAfterSeconds?: number
  /** More members of the problem document, such as `field`, `expected`, `received`. */
  details?: Record<string, unknown>
}

/**
 * The only error class. `message` is public and says what was expected and what arrived; with a code of status 500 it is
 * internal, for the log alone.
 */
export class TintypeError extends Error {
  readonly code: ErrorCode
  readonly retryAfterSeconds: number | undefined
  readonly details: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, options: TintypeErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'TintypeError'
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
    this.details = options.details
  }
}

/** True for damage of one project, which is no reason to refuse requests for others. */
export const isDamage = (error: unknown): boolean => error instanceof TintypeError && error.code === 'project_damaged'

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Time after which a change may succeed on a read-only store, in seconds: an operator has to restart the server. */
const READ_ONLY_SECONDS = 300

/** A change of a store that is served read-only. */
export const readOnlyStore = (): TintypeError =>
  new TintypeError('read_only', 'The store is read-only: it can be read, and takes no changes.', {
    retryAfterSeconds: READ_ONLY_SECONDS,
  })
