// Requests generated from the OpenAPI document: none is answered 500 or what the document does not describe, no valid one is
// refused for its form, no invalid one is accepted. `createTestApp` compares each answer with the document.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { signUrl } from '../../../src/core/transform/signature.ts'
import { problemSchema } from '../../../src/http/schemas/problem.ts'
import { ADMIN, createAccessApp, keyOf } from '../../support/auth/access.ts'
import { type Generated, generatedOperations, validRequests, wrongRequests } from '../../support/openapi/requests.ts'
import type { Known } from '../../support/openapi/values.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { formOf } from '../../support/upload.ts'

const SEED = Number(process.env.TINTYPE_TEST_SEED ?? 11)
/** Requests of each kind for each operation. */
const RUNS = Number(process.env.TINTYPE_FUZZ_RUNS ?? 8)

const SIGNING_KEY = 'a-key-of-generated-requests'
/** Stands for the id of an image that exists. */
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
  project_id: ['demo'],
  image_id: [IMAGE],
  image_order: [IMAGE],
  after: [IMAGE],
  from: [],
  'members names': ['7d2m9x0c4v8b6n1q5w3z'],
  preset: ['card'],
}

const openFuzzed = async () => {
  const app = await createAccessApp({ presets: 'card:w=20', signingKeys: SIGNING_KEY, signInLimit: 0 })
  const who = keyOf(ADMIN)
  const photo = await smallPhoto()
  let imageId = ''

  /** Uploads again what a request has deleted. */
  const prepare = async () => {
    const path = `/projects/demo/images/${imageId || IMAGE}`
    const { ok } = await app.app.request(path, { method: 'HEAD', headers: who })
    if (!ok) imageId = (await app.upload(who, 'demo')).image_id
  }

  const urlOf = ({ path, query }: Generated): string => {
    const text = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]))
    return `${path}${query.length > 0 ? `?${text}` : ''}`.replaceAll(IMAGE, imageId)
  }

  const send = async (generated: Generated, url = urlOf(generated)): Promise<Response> => {
    const { method, body } = generated
    const headers = new Headers({ ...who, ...generated.headers })
    const init: RequestInit = { method, headers }
    if (body && 'form' in body) init.body = formOf(photo)
    else if (body && 'text' in body) init.body = body.text
    else if (body) {
      headers.set('Content-Type', 'application/json')
      init.body = JSON.stringify(body.json).replaceAll(IMAGE, imageId)
    }
    return app.app.request(url, init)
  }
  return { prepare, send, urlOf }
}

const isRender = (path: string): boolean => /\/render(?:\.[a-z]+)?$/.test(path)

/** Rules between parameters, which the description of the operation says in words. */
const bySaidRules = (generated: Generated): Generated => {
  if (!isRender(generated.path)) return generated
  const get = (name: string) => generated.query.find(([each]) => each === name)?.[1]
  if (get('preset') !== undefined) return { ...generated, query: [['preset', 'card']] }
  const small = generated.query
    .filter(([name]) => !['exp', 'sig'].includes(name))
    .map(([name, value]): [string, string] => [
      name,
      ['w', 'h'].includes(name) ? String(Math.min(Number(value), 1024)) : value,
    ])
  const isFree = get('fit') !== 'contain' || !/^[ae]/.test(get('position') ?? '')
  return { ...generated, query: small.filter(([name]) => isFree || name !== 'position') }
}

const signed = (generated: Generated, url: string): string =>
  isRender(generated.path) && !url.includes('preset=') ? signUrl(url, { keys: [SIGNING_KEY] }) : url

const told = async (generated: Generated, response: Response): Promise<string> =>
  `${JSON.stringify(generated)} is answered ${response.status}: ${(await response.text()).slice(0, 300)}`

const settings = { numRuns: RUNS, seed: SEED, endOnFailure: true }

it.each(generatedOperations.map((operation) => [operation.id, operation] as const))(
  'accepts what the document describes, and refuses what it does not: %s',
  async (_, operation) => {
    const { prepare, send, urlOf } = await openFuzzed()
    await fc.assert(
      fc.asyncProperty(validRequests(operation, KNOWN).map(bySaidRules), async (generated) => {
        await prepare()
        const response = await send(generated, signed(generated, urlOf(generated)))
        const isProblem = response.headers.get('content-type') === 'application/problem+json'
        const code = isProblem ? problemSchema.parse(await response.clone().json()).code : undefined
        expect(response.status < 500 && !OF_FORM.includes(code ?? ''), await told(generated, response)).toBe(true)
      }),
      settings,
    )
    await fc.assert(
      fc.asyncProperty(wrongRequests(operation, KNOWN), async (generated) => {
        await prepare()
        const response = await send(generated)
        expect(response.status >= 400 && response.status < 500, await told(generated, response)).toBe(true)
      }),
      settings,
    )
  },
)
