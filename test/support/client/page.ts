// The program of a page that uses the client: bundled, and called step by step by the test in a browser.

import {
  createClient,
  dataOf,
  type ProjectEvent,
  type Subscription,
  type TintypeClient,
  TintypeClientError,
} from '../../../src/client/index.ts'

let tintype: TintypeClient
let subscription: Subscription | undefined
let signedOut = 0
const events: ProjectEvent[] = []

/** The code of an expected failure, with what it says beside. */
const failureOf = async (promise: Promise<unknown>) => {
  try {
    await promise
    return 'none'
  } catch (error) {
    if (!(error instanceof TintypeClientError)) return error instanceof Error ? error.name : String(error)
    const { code, status, requestId, retryAfter } = error
    return { code, status, hasRequestId: requestId !== undefined, retryAfter }
  }
}

/** @param padding bytes behind the picture, so that sending it takes some steps */
const photo = async (padding = 0): Promise<File> => {
  const response = await fetch('/photo.jpg')
  return new File([await response.blob(), new Uint8Array(padding)], 'photo.jpg')
}

const steps = {
  open(baseUrl: string) {
    tintype = createClient({
      baseUrl,
      cookies: true,
      retry: { firstWaitMs: 50, attempts: 10 },
      onSignedOut: () => signedOut++,
    })
  },

  register: async (email: string, password: string) => {
    const { user } = await dataOf(tintype.api.POST('/auth/register', { body: { email, password, cookie: true } }))
    return user.email
  },

  logout: async () => (await tintype.api.POST('/auth/logout', { body: { cookie: true } })).response.status,

  signedOut: () => signedOut,

  me: async () => (await dataOf(tintype.api.GET('/auth/me'))).kind,

  makePrivate: async (project_id: string) => {
    const edit = { params: { path: { project_id } }, body: { visibility: 'private' as const } }
    return (await dataOf(tintype.api.PATCH('/projects/{project_id}', edit))).visibility
  },

  upload: async (project: string, padding?: number) => {
    const loaded: number[] = []
    const file = await photo(padding)
    const onProgress = (progress: { loaded: number }) => loaded.push(progress.loaded)
    const { image_id } = await tintype.upload(project, file, { title: 'Ein Schiff', onProgress })
    return { image_id, loaded, bytes: file.size }
  },

  refusedUpload: () => failureOf(tintype.upload('demo', new Blob(['no picture']), { onProgress: () => {} })),

  abortedUpload: async () => {
    const stop = new AbortController()
    const onProgress = ({ loaded }: { loaded: number }) => {
      if (loaded > 0) stop.abort()
    }
    return failureOf(tintype.upload('demo', await photo(20_000_000), { signal: stop.signal, onProgress }))
  },

  images: async (project: string, limit: number) => {
    const ids: string[] = []
    for await (const { id } of tintype.images(project, { limit })) ids.push(id)
    return ids
  },

  failure: (project: string) => failureOf(steps.images(project, 10)),

  attributes: async (project: string) => {
    for await (const image of tintype.images(project)) return tintype.imgAttributes(image, { sizes: '200px' })
    return undefined
  },

  subscribe(project: string, since: number) {
    subscription = tintype.subscribe(project, (event) => void events.push(event), { since })
  },

  added: () => events.flatMap((event) => (event.type === 'image.added' ? (event.image_id ?? []) : [])),

  unsubscribe: async () => {
    subscription?.close()
    await subscription?.ended
    return subscription?.position
  },
}

Object.assign(globalThis, { steps })
