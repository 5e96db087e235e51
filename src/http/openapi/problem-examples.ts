// Examples of problem documents, one for each error code.

import { type ErrorCode, TintypeError } from '../../core/errors.ts'
import { PROJECT_ID_RULE, SIZES } from '../../core/names.ts'
import { ACCEPTED_TYPES } from '../../image/encoder.ts'
import { type Problem, problemOf } from '../response/problem.ts'
import {
  EXAMPLE_BATCH_ID,
  EXAMPLE_COLLECTION,
  EXAMPLE_IMAGE_ID,
  EXAMPLE_JOB_ID,
  EXAMPLE_OBJECT_KEY,
  EXAMPLE_PROJECT_ID,
  EXAMPLE_SIZES,
  EXAMPLE_WEBHOOK_ID,
} from '../schemas/examples.ts'

interface Example {
  detail: string
  details?: Record<string, unknown>
}

const ACCEPTED = 'accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC'

/** As the server sends them; compared with real responses by a test. */
const EXAMPLES: Record<ErrorCode, Example> = {
  malformed_request: {
    detail: 'Expected a request target that begins with "/" (RFC 9112 section 3.2), received "*".',
    details: { received: '*' },
  },
  request_timeout: { detail: 'Expected the whole request within 879 seconds, its head within 20.' },
  expectation_failed: {
    detail: 'Expected "100-continue" in "Expect", received "200-ok".',
    details: { received: '200-ok' },
  },
  headers_too_large: {
    detail: 'Expected a request line and headers of at most 16384 bytes (16 KiB).',
    details: { max_bytes: 16384 },
  },
  invalid_project_id: {
    detail: `Expected a project id of ${PROJECT_ID_RULE}, received ".hidden".`,
    details: { field: 'project_id', expected: PROJECT_ID_RULE, received: '.hidden' },
  },
  invalid_parameter: {
    detail: `size: expected one of ${SIZES.join(', ')}, received "huge".`,
    details: { field: 'size', expected: SIZES, received: 'huge' },
  },
  invalid_body: {
    detail: 'title: expected a text of at most 200 characters, or null, received a number.',
    details: { field: 'title', expected: 'a text of at most 200 characters, or null', received: 'a number' },
  },
  malformed_archive: {
    detail:
      'Expected a complete archive: End of central directory record signature not found. Either not a zip file, or file is truncated.',
  },
  malformed_multipart: { detail: 'Expected a complete multipart/form-data body: Unexpected end of form.' },
  file_missing: {
    detail: 'Expected an image in field "file", the form has no file.',
    details: { field: 'file' },
  },
  wrong_field: {
    detail: 'Expected the file in field "file", it came in field "photo".',
    details: { expected: 'file', received: 'photo' },
  },
  too_many_files: {
    detail: 'Expected one file, received more. Send each image in a request of its own.',
    details: { max_files: 1 },
  },
  upload_aborted: { detail: 'The connection ended before the request was complete.' },
  client_gone: { detail: 'The client has gone.' },
  unauthenticated: {
    detail: 'Expected an API key (X-API-Key, or Authorization: Bearer) or a signed-in user, the request has neither.',
  },
  forbidden: { detail: `Expected a key or user that may upload to project "${EXAMPLE_PROJECT_ID}".` },
  wrong_credentials: { detail: 'Expected an e-mail address and its password.' },
  registration_closed: { detail: 'Registration is closed: the operator creates accounts.' },
  invite_invalid: { detail: 'The invitation is unknown, used, expired or for another e-mail address.' },
  password_reset_closed: { detail: 'No mail is sent here: the operator sets new passwords.' },
  reset_token_invalid: { detail: 'The link was used, has expired, or is not complete. Request a new one.' },
  identity_without_email: { detail: 'The identity provider gave no e-mail address, which an account needs.' },
  account_disabled: { detail: 'The operator has disabled the account.' },
  oidc_denied: { detail: 'The identity provider refused the sign-in, or it was cancelled.' },
  oidc_state: { detail: 'Expected a sign-in that this browser began less than 10 minutes ago. Begin again.' },
  oidc_failed: { detail: 'The identity provider did not confirm the sign-in. Begin again.' },
  oidc_not_configured: { detail: 'People sign in by password alone here: no identity provider is set up.' },
  oidc_unavailable: { detail: 'The identity provider cannot be reached now.' },
  csrf: { detail: 'Expected the value of the cookie "tintype_csrf" in "X-CSRF-Token", the request has none.' },
  unexpected_host: {
    detail:
      'Expected one of these hosts: localhost, 127.0.0.1; received "evil.example". As long as there is no key and no ' +
      'account, other names are refused, because any site can let its name lead to this machine. To be reached by this ' +
      'one, name its site in ALLOWED_ORIGINS, make a key (tintype key create) or an account, or set AUTH=none.',
    details: { received: 'evil.example' },
  },
  email_taken: { detail: 'There is an account with this e-mail address.' },
  issuer_unavailable: { detail: 'The keys of the token issuer cannot be fetched now.' },
  signature_required: { detail: 'Expected a signature in "sig", or one of the presets in "preset".' },
  signature_invalid: { detail: 'The signature does not match this URL.' },
  signature_expired: { detail: 'The URL was valid until 2026-05-04T09:30:00.000Z.' },
  route_not_found: { detail: 'There is no route GET /pictures.' },
  collection_not_found: { detail: `There is no collection "${EXAMPLE_COLLECTION}".` },
  project_not_found: { detail: `There is no project "${EXAMPLE_PROJECT_ID}".` },
  image_not_found: { detail: `There is no image "${EXAMPLE_IMAGE_ID}" in project "${EXAMPLE_PROJECT_ID}".` },
  asset_not_found: { detail: `There is no asset "ui/button-ok" in project "${EXAMPLE_PROJECT_ID}".` },
  object_not_found: {
    detail: `There is no object "${EXAMPLE_OBJECT_KEY}" in the source of project "${EXAMPLE_PROJECT_ID}".`,
  },
  page_not_found: {
    detail: 'There is no such page, or it was replaced more than an hour ago: load the atlas again.',
  },
  job_not_found: { detail: `There is no job "${EXAMPLE_JOB_ID}", or no longer.` },
  batch_not_found: { detail: `There is no batch "${EXAMPLE_BATCH_ID}", or no longer.` },
  job_without_image: {
    detail: `Job "${EXAMPLE_JOB_ID}" has no image: it is failed.`,
    details: { state: 'failed' },
  },
  job_conflict: {
    detail: `Expected job "${EXAMPLE_JOB_ID}" to be queued, it is succeeded.`,
    details: { expected: 'queued', state: 'succeeded' },
  },
  no_such_account: {
    detail: 'email: expected the address of an account, there is none with it.',
    details: { field: 'email' },
  },
  link_not_found: { detail: 'The link is unknown, has expired or was withdrawn.' },
  webhook_not_found: { detail: `There is no webhook "${EXAMPLE_WEBHOOK_ID}".` },
  delivery_not_found: { detail: 'There is no delivery 12 of the webhook.' },
  no_primary_image: { detail: `Project "${EXAMPLE_PROJECT_ID}" has no image, so it has no cover.` },
  method_not_allowed: {
    detail: 'Expected GET, HEAD, OPTIONS, received PUT.',
    details: { allow: ['GET', 'HEAD', 'OPTIONS'], received: 'PUT' },
  },
  idempotency_running: {
    detail: 'The first upload with this Idempotency-Key is still running. Retry in a moment.',
  },
  project_exists: {
    detail: `Project "${EXAMPLE_PROJECT_ID}" exists: expected its title "Cosmic Drift", received "Drift". PATCH changes it.`,
    details: { field: 'title', expected: '"Cosmic Drift"', received: '"Drift"' },
  },
  too_many_links: {
    detail: `Expected at most 100 links of project "${EXAMPLE_PROJECT_ID}", there are 100. Revoke one first.`,
    details: { max_links: 100 },
  },
  too_many_webhooks: {
    detail: 'Expected at most 20 webhooks of one key or user, there are 20. Delete one first.',
    details: { max_webhooks: 20 },
  },
  webhook_of_settings: {
    detail: 'The webhook is described by WEBHOOK_URL and WEBHOOK_SECRET; change them.',
  },
  precondition_failed: {
    detail: 'The image is not, or no longer, the one that the request names.',
    details: { etag: `"${EXAMPLE_IMAGE_ID}-original-${EXAMPLE_SIZES.original.bytes}"` },
  },
  upload_too_large: {
    detail: 'Expected a file of at most 26214400 bytes (25 MiB).',
    details: { max_bytes: 26214400 },
  },
  too_many_pixels: {
    detail: 'The picture has 17000 × 17000 pixels; at most 100000000 are accepted.',
    details: { width: 17000, height: 17000, max_pixels: 100000000 },
  },
  multipart_required: {
    detail: 'Expected multipart/form-data with the image in field "file", received application/json.',
    details: { expected: 'multipart/form-data', received: 'application/json' },
  },
  not_an_image: {
    detail: `It is text/plain; ${ACCEPTED}.`,
    details: { received: 'text/plain', accepted: ACCEPTED_TYPES },
  },
  unsupported_image_type: {
    detail: `It is image/svg+xml; ${ACCEPTED}.`,
    details: { received: 'image/svg+xml', accepted: ACCEPTED_TYPES },
  },
  unsupported_image_layout: {
    detail: 'The JPEG file cannot be decoded here: expected depth 8 bits; it has 12 bits.',
    details: { property: 'depth', received: '12 bits', accepted: ['8 bits'] },
  },
  range_not_satisfiable: {
    detail: 'Expected a range that begins before byte 20000.',
    details: { bytes: 20000 },
  },
  unreadable_entry: { detail: 'The file cannot be read from the archive: it is encrypted.' },
  empty_file: { detail: 'Expected an image in field "file", it has 0 bytes.' },
  damaged_image: { detail: 'The JPEG file is damaged: it breaks off.' },
  image_too_slow: { detail: 'The picture could not be decoded within 30 s.' },
  too_many_images: {
    detail: `Expected at most 65534 images for one archive, project "${EXAMPLE_PROJECT_ID}" has 70000.`,
    details: { max_images: 65534, images: 70000 },
  },
  idempotency_conflict: {
    detail: 'The Idempotency-Key came with another file before. Take a new key.',
    details: { field: 'Idempotency-Key' },
  },
  rate_limited: {
    detail: 'Expected at most 100 requests in 60 seconds. Try again in 12 seconds.',
    details: { limit: 100, window_seconds: 60 },
  },
  // Their detail is constant; see response/problem.ts.
  internal: { detail: '' },
  project_damaged: { detail: '' },
  busy: { detail: '64 pictures are waiting already.' },
  encoder_failed: { detail: 'The encoder ended unexpectedly, twice.' },
  store_unavailable: { detail: 'The store cannot be used now (EIO).' },
  source_unavailable: { detail: `The source of project "${EXAMPLE_PROJECT_ID}" cannot be read now.` },
  shutting_down: { detail: 'The server is shutting down and takes no changes.' },
  read_only: { detail: 'The store is read-only: it can be read, and takes no changes.' },
  storage_full: {
    detail: 'The disk of the store has 52428800 bytes free; uploads need at least 67108864.',
    details: { expected: 67108864, received: 52428800 },
  },
  quota_exceeded: {
    detail: `Expected at most 500 images in project "${EXAMPLE_PROJECT_ID}", it has 500. Delete some first.`,
    details: { max_images: 500, images: 500 },
  },
}

/** The example of a code. */
export const exampleOf = (code: ErrorCode): Problem['body'] => {
  const { detail, details } = EXAMPLES[code]
  return problemOf(new TintypeError(code, detail, { details })).body
}
