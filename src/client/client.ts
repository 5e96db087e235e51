// The client: typed requests to every route, and by hand uploads, lists, subscriptions and attributes of pictures.

import createFetchClient, { type Client as FetchClient } from 'openapi-fetch'
import { createTokenCredentials, type TokenSource } from './credentials.ts'
import { errorOf, parsed, textOf } from './error.ts'
import { type ImgAttributes, type ImgOptions, imgAttributesOf, type ShownImage } from './img-attributes.ts'
import { createList, type Listed } from './pages.ts'
import { platform } from './platform.ts'
import { type RetryOptions, resolveRetry } from './retry.ts'
import type { components, operations, paths } from './schema.ts'
import { createSession } from './session.ts'
import { createSubscribe, type Subscribe } from './subscribe.ts'
import { createTransport } from './transport.ts'
import { createUpload, type Upload } from './upload.ts'

type Schemas = components['schemas']

export interface ClientOptions {
  /** Address of the server with its base path: `https://example.com/media`. @default the origin of the page; needed elsewhere */
  baseUrl?: string | undefined
  /** API key. At most one of `apiKey`, `token` and `cookies` is given. @default none */
  apiKey?: string | undefined
  /**
   * Access token; or a function that gives one, called before each request, and after a 401 with the refused token.
   *
   * @default none
   */
  token?: string | TokenSource | undefined
  /**
   * Session cookies of a browser, which `POST /auth/login` with `cookie: true` sets. The client sends the CSRF header and renews
   * the session, in one tab at a time. Workers, and pages of another host or beside the base path, cannot read the cookie of its
   * CSRF token: these pages keep the token of a sign-in of their origin, a worker has one only if it signed in itself.
   *
   * @default false
   */
  cookies?: boolean | undefined
  /** Called when a session of cookies cannot be renewed: the user has to sign in again. @default nothing */
  onSignedOut?: (() => void) | undefined
  /** Of reads and uploads; other requests are sent once. */
  retry?: RetryOptions | undefined
  /** Sends all requests. @default the platform's, and `XMLHttpRequest` for uploads with progress */
  fetch?: typeof fetch | undefined
}

/** Parameters of a list, with `limit` as the length of a page. */
type ListOptions<Operation extends keyof operations> = Omit<
  NonNullable<operations[Operation]['parameters']['query']>,
  'after' | 'from'
> & {
  /** `next` of a page that was read before, to begin behind it. @default the first page */
  after?: string | undefined
  /** @default none */
  signal?: AbortSignal | undefined
}

export interface TintypeClient {
  /** Every route, as openapi-fetch has it: resolves with `data` or `error`. {@link dataOf} makes errors of the latter. */
  readonly api: FetchClient<paths>
  /** Uploads an image. Repeated where the connection fails, without doubles. @throws TintypeClientError */
  upload: Upload
  images(projectId: string, options?: ListOptions<'listImages'>): Listed<Schemas['ListedImage'], Schemas['ImageList']>
  projects(options?: ListOptions<'listProjects'>): Listed<Schemas['Project'], Schemas['ProjectList']>
  assets(projectId: string, options?: ListOptions<'listAssets'>): Listed<Schemas['Asset'], Schemas['AssetList']>
  jobs(options?: ListOptions<'listJobs'>): Listed<Schemas['Job'], Schemas['JobList']>
  webhooks(options?: ListOptions<'listWebhooks'>): Listed<Schemas['Webhook'], Schemas['WebhookList']>
  /** Follows the changes of a project, or of up to 100 by one stream. */
  subscribe: Subscribe
  /** Attributes of the `<img>` of an image or cover. */
  imgAttributes(image: ShownImage, options?: ImgOptions): ImgAttributes
  /** The absolute URL of one in an answer, such as `urls.thumb`. */
  url(path: string): string
}

/** @throws TypeError for options that do not fit together */
export const createClient = (options: ClientOptions = {}): TintypeClient => {
  const { origin, base } = addressOf(options.baseUrl)
  const { onSignedOut, cookies = false } = options
  assertOneCredential(options)
  const fetch: typeof globalThis.fetch = (...args) => (options.fetch ?? globalThis.fetch)(...args)
  const credentials = cookies
    ? createSession({ base, fetch, onSignedOut })
    : createTokenCredentials(options.apiKey ?? options.token)
  const retry = resolveRetry(options.retry ?? {})
  const transport = createTransport({ credentials, retry, fetch })
  const shared = { base, cookies: credentials.cookies, transport, retry }
  const api = createFetchClient<paths>({
    baseUrl: base,
    fetch: transport.fetch,
    ...(credentials.cookies && { credentials: credentials.cookies }),
  })
  api.use({
    async onResponse({ request, response, options: { parseAs } }) {
      if (parseAs === 'json' && response.ok) await assertJson(response, request.signal)
    },
  })

  return {
    api,
    upload: createUpload({ ...shared, fetch: options.fetch }),
    subscribe: createSubscribe({ ...shared, fetch }),

    images: (project_id, { signal, after: previous, ...query } = {}) =>
      createList(
        (after) =>
          dataOf(
            api.GET('/projects/{project_id}/images', {
              params: { path: { project_id }, query: { limit: PAGE, ...query, after } },
              signal,
            }),
          ),
        ({ images }) => images,
        previous,
      ),

    projects: ({ signal, after: previous, ...query } = {}) =>
      createList(
        (after) => dataOf(api.GET('/projects', { params: { query: { limit: PAGE, ...query, after } }, signal })),
        ({ projects }) => projects,
        previous,
      ),

    assets: (project_id, { signal, after: previous, ...query } = {}) =>
      createList(
        (after) =>
          dataOf(
            api.GET('/projects/{project_id}/assets', {
              params: { path: { project_id }, query: { limit: PAGE, ...query, after } },
              signal,
            }),
          ),
        ({ assets }) => assets,
        previous,
      ),

    jobs: ({ signal, after: previous, ...query } = {}) =>
      createList(
        (after) => dataOf(api.GET('/jobs', { params: { query: { limit: PAGE, ...query, after } }, signal })),
        ({ jobs }) => jobs,
        previous,
      ),

    webhooks: ({ signal, after: previous, ...query } = {}) =>
      createList(
        (after) => dataOf(api.GET('/webhooks', { params: { query: { ...query, after } }, signal })),
        ({ webhooks }) => webhooks,
        previous,
      ),

    imgAttributes: (image, imgOptions = {}) =>
      imgAttributesOf(image, imgOptions, origin === platform.location?.origin ? '' : origin),

    url: (path) => new URL(path, base).href,
  }
}

/** Entries of a page, unless `limit` says otherwise. */
const PAGE = 100

/**
 * The data of an answer of {@link TintypeClient.api}.
 *
 * @throws TintypeClientError for every other answer
 */
export const dataOf = async <Data>(answer: Promise<Answer<Data>>): Promise<Data> => {
  const received = await answer
  if (isSuccess(received)) return received.data
  throw errorOf(received.response, received.error)
}

/** @throws TintypeClientError for another text, as the page of a captive portal */
const assertJson = async (response: Response, signal: AbortSignal): Promise<void> => {
  const text = await textOf(response.clone(), signal)
  if (text && parsed(text) === undefined) throw errorOf(response, undefined)
}

interface Answer<Data> {
  data?: Data
  error?: unknown
  response: Response
}

const isSuccess = <Data>(answer: Answer<Data>): answer is Answer<Data> & { data: Data } => answer.response.ok

const addressOf = (baseUrl: string | undefined): { origin: string; base: string } => {
  const page = platform.location?.href
  if (!URL.canParse(baseUrl ?? '/', page))
    throw new TypeError(
      `baseUrl: expected the address of the server, such as "https://example.com", received ${JSON.stringify(baseUrl)}`,
    )
  const { origin, pathname } = new URL(baseUrl ?? '/', page)
  return { origin, base: origin + pathname.replace(/\/+$/, '') }
}

const assertOneCredential = ({ apiKey, token, cookies }: ClientOptions): void => {
  const given = Object.entries({ apiKey, token, cookies }).filter(([, value]) => value !== undefined && value !== false)
  if (given.length > 1)
    throw new TypeError(
      `expected one of apiKey, token and cookies, received ${given.map(([name]) => name).join(' and ')}`,
    )
}
