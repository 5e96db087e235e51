// Requests generated from the OpenAPI document: none is answered 500 or what the document does not describe, no valid one is
// refused for its form, no invalid one is accepted, whoever the principal is. `createTestApp` compares each answer with the
// document.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isTransformed } from '../../../src/core/transform/render-path.ts'
import { signUrl } from '../../../src/core/transform/signature.ts'
import { problemSchema } from '../../../src/http/schemas/problem.ts'
import { createAccessApp } from '../../support/auth/access.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { type FuzzedStore, makeFuzzedStore, PRINCIPALS, type Principal } from '../../support/openapi/fuzzed-store.ts'
import { type Generated, generatedOperations, validRequests, wrongRequests } from '../../support/openapi/requests.ts'
import type { Known } from '../../support/openapi/values.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { thorough } from '../../support/thorough.ts'
import { formOf } from '../../support/upload.ts'

const SEED = Number(process.env.TINTYPE_TEST_SEED ?? 11)
/** Requests of each kind for each operation. */
const RUNS = Number(process.env.TINTYPE_FUZZ_RUNS ?? thorough(2, 6))

const SIGNING_KEY = 'a-key-of-generated-requests'
/** Stands for the id of an image of the project. */
const IMAGE = '0'.repeat(20)

/** Refusals of the form of a request: a valid one never gets one of them. */
const OF_FORM = [
  'invalid_parameter',
  'invalid_body',
  'invalid_project_id',
  'malformed_multipart',
  'multipart_required',
  'file_missing',
  'wrong_field',
  'route_not_found',
  'method_not_allowed',
  'malformed_request',
]

/** Values that only the state of the server makes valid, by the names of parameters and properties. */
const KNOWN: Known = {
  project_id: ['demo', 'closed'],
  image_id: [IMAGE],
  image_order: [IMAGE],
  after: [IMAGE],
  from: [],
  'members names': ['7d2m9x0c4v8b6n1q5w3z'],
  preset: ['card'],
  key: ['a.jpg', 'b/c d.jpg'],
  // Without SOURCES, every prefix is refused.
  source: [],
  // The end of a share link lies ahead.
  expires: [new Date(Date.now() + 86_400_000).toISOString()],
  url: ['https://receiver.example/hook'],
  // A wait takes its time, and a stream without an end a place among the streams.
  wait: ['0'],
  seconds: ['1'],
  projects: ['demo'],
  // As many as there are projects.
  since: ['0', '7'],
  'Last-Event-ID': ['0', '7'],
}

const OPTIONS = { presets: 'card:w=20', signingKeys: SIGNING_KEY, signInLimit: 0 } as const

let store: FuzzedStore

beforeAll(async () => {
  store = await makeFuzzedStore()
})

afterAll(() => store.remove())

const openFuzzed = async () => {
  const storageDir = await temporaryFolder()
  await store.copyTo(storageDir)
  const app = await createAccessApp({ ...OPTIONS, storageDir })
  const { principals } = store
  const photo = await smallPhoto()
  const imageIds = new Map(Object.entries(store.imageIds))

  const projectOf = ({ path }: Generated): string => /^\/projects\/(\w+)/.exec(path)?.[1] ?? ''
  const withImage = (text: string, generated: Generated): string =>
    text.replaceAll(IMAGE, imageIds.get(projectOf(generated)) ?? IMAGE)

  /** Uploads again what a request has deleted. */
  const prepare = async (generated: Generated) => {
    const project = projectOf(generated)
    if (!imageIds.has(project)) return
    const path = withImage(`/projects/${project}/images/${IMAGE}`, generated)
    const { ok } = await app.app.request(path, { method: 'HEAD', headers: principals.admin })
    if (!ok) imageIds.set(project, (await app.upload(principals.admin, project)).image_id)
  }

  const urlOf = (generated: Generated): string => {
    const { path, query } = generated
    const text = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]))
    return withImage(`${path}${query.length > 0 ? `?${text}` : ''}`, generated)
  }

  const send = async (by: Principal, generated: Generated, url = urlOf(generated)): Promise<Response> => {
    const { method, body } = generated
    const headers = new Headers({ ...principals[by], ...generated.headers })
    const init: RequestInit = { method, headers }
    if (body && 'form' in body) init.body = formOf(photo)
    else if (body && 'text' in body) init.body = body.text
    else if (body) {
      headers.set('Content-Type', 'application/json')
      init.body = withImage(JSON.stringify(body.json), generated)
    }
    return app.app.request(url, init)
  }
  return { prepare, send, urlOf }
}

const isAtlas = (path: string): boolean => /\/(?:atlas|\d+)\.json$/.test(path)

const isOfSource = (path: string): boolean => /^\/projects\/\w+\/source\//.test(path)

const isRender = ({ path, query }: Pick<Generated, 'path' | 'query'>): boolean =>
  isOfSource(path) ? isTransformed(query.map(([name]) => name)) : /\/render(?:\.[a-z]+)?$/.test(path)

/** Rules between parameters, which the description of the operation says in words. */
const bySaidRules = (generated: Generated): Generated => {
  if (isAtlas(generated.path))
    return { ...generated, query: generated.query.map(([name, value]) => [name, name === 'size' ? 'thumb' : value]) }
  if (!isRender(generated)) return generated
  const get = (name: string) => generated.query.find(([each]) => each === name)?.[1]
  if (get('preset') !== undefined) return { ...generated, query: [['preset', 'card']] }
  const small = generated.query
    .filter(([name]) => !['exp', 'sig', ...(isOfSource(generated.path) ? ['size'] : [])].includes(name))
    .map(([name, value]): [string, string] => [
      name,
      ['w', 'h'].includes(name) ? String(Math.min(Number(value), 1024)) : value,
    ])
  const isFree = get('fit') !== 'contain' || !/^[ae]/.test(get('position') ?? '')
  return { ...generated, query: small.filter(([name]) => isFree || name !== 'position') }
}

const signed = (generated: Generated, url: string): string =>
  isRender(generated) && !url.includes('preset=') ? signUrl(url, { keys: [SIGNING_KEY] }) : url

const told = async (by: Principal, generated: Generated, response: Response): Promise<string> => {
  // A stream has no end.
  const isStream = response.headers.get('content-type') === 'text/event-stream'
  const text = isStream ? await response.body?.cancel() : await response.text()
  return `${by}: ${JSON.stringify(generated)} is answered ${response.status}: ${text?.slice(0, 300)}`
}

const settings = { numRuns: RUNS, seed: SEED, endOnFailure: true }

/** Each request is sent by an admin, whom only its form can refuse, and by another principal before. */
const anotherPrincipal = fc.constantFrom(...PRINCIPALS.filter((principal) => principal !== 'admin'))

it.each(generatedOperations.map((operation) => [operation.id, operation] as const))(
  'accepts what the document describes, and refuses what it does not: %s',
  async (_, operation) => {
    const { prepare, send, urlOf } = await openFuzzed()
    const valid = validRequests(operation, KNOWN).map(bySaidRules)
    await fc.assert(
      fc.asyncProperty(valid, anotherPrincipal, async (generated, another) => {
        for (const by of [another, 'admin'] as const) {
          await prepare(generated)
          const response = await send(by, generated, signed(generated, urlOf(generated)))
          const isProblem = response.headers.get('content-type') === 'application/problem+json'
          const code = isProblem ? problemSchema.parse(await response.clone().json()).code : undefined
          const isAccepted = response.status < 500 && !OF_FORM.includes(code ?? '')
          expect(isAccepted, await told(by, generated, response)).toBe(true)
        }
      }),
      settings,
    )
    await fc.assert(
      fc.asyncProperty(wrongRequests(operation, KNOWN), anotherPrincipal, async (generated, another) => {
        for (const by of [another, 'admin'] as const) {
          await prepare(generated)
          const response = await send(by, generated)
          expect(response.status >= 400 && response.status < 500, await told(by, generated, response)).toBe(true)
        }
      }),
      settings,
    )
  },
)
