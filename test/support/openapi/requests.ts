// Requests that are generated from the OpenAPI document: valid ones, and ones with one thing wrong.

import fc, { type Arbitrary } from 'fast-check'
import { z } from 'zod'
import { document } from './document.ts'
import { locate, mistakesIn } from './schemas.ts'
import { at, fromText, type Known, schemaAt, validValue, wrongValue } from './values.ts'

export interface Generated {
  method: string
  path: string
  query: readonly (readonly [name: string, value: string])[]
  headers: Record<string, string>
  /** JSON, a form with a picture, bytes, or nothing. */
  body: { json: unknown } | { form: true } | { text: string } | undefined
  /** Values of parameters, such as `path.project_id`, and the JSON of the body. */
  source: { values: Readonly<Record<string, unknown>>; json: unknown }
  /** What is wrong; undefined for a valid request. */
  wrong?: string
}

interface Parameter {
  name: string
  in: string
  required: boolean
  /** Pointer to the schema. */
  schema: string
}

interface Body {
  type: string
  required: boolean
  schema: string
}

/** Texts that are not valid for a parameter; undefined where every text is. */
const wrongText = ({ schema, in: place }: Parameter): Arbitrary<string> | undefined => {
  const { pattern, enum: words, maxLength, type } = schemaAt(schema).schema
  if (type === 'array') return undefined
  if (pattern === undefined && words === undefined && maxLength === undefined && type === 'string') return undefined
  return wrongValue(schema)
    .map(String)
    .filter((text) => mistakesIn(fromText(text, schema), schema).length > 0)
    .filter((text) => (place === 'query' ? true : place === 'header' ? isHeaderText(text) : isPathText(text)))
}

/** True for a parameter that may be repeated. */
const isArray = (schema: string): boolean => schemaAt(schema).schema.type === 'array'

/** Headers are Latin-1 text without spaces around it. */
const isHeaderText = (text: string): boolean => /^[!-~](?:[ -~]*[!-~])?$/.test(text)

/** A segment of a path that stays one: neither empty nor dots, which lead to another route. */
const isPathText = (text: string): boolean => text !== '' && !/^\.{1,2}$/.test(text) && !/\p{Surrogate}/u.test(text)

export interface Operation {
  id: string
  method: string
  path: string
  parameters: readonly Parameter[]
  body: Body | undefined
}

const parameterShape = z.looseObject({ name: z.string(), in: z.string(), required: z.boolean() })

export const generatedOperations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method): Operation => {
    const of = (...names: string[]) => locate('paths', path, method, ...names)
    const list: unknown = of('parameters').value
    const types = of('requestBody', 'content').value
    const [type] = typeof types === 'object' && types !== null ? Object.keys(types) : []
    return {
      id: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: (Array.isArray(list) ? list : []).map((each, index) => {
        const reference = z.looseObject({ $ref: z.string().optional() }).parse(each).$ref
        const pointer = reference?.slice(1) ?? of('parameters', String(index)).pointer
        return { ...parameterShape.parse(at(pointer).value), schema: `${pointer}/schema` }
      }),
      body:
        type === undefined
          ? undefined
          : {
              type,
              required: of('requestBody', 'required').value === true,
              schema: of('requestBody', 'content', type, 'schema').pointer,
            },
    }
  }),
)

const request = (operation: Operation, source: Generated['source']): Generated => {
  const { values, json } = source
  const { method, parameters, body } = operation
  const given = parameters.filter(({ name, in: place }) => values[`${place}.${name}`] !== undefined)
  const textOf = ({ name, in: place }: Parameter) => String(values[`${place}.${name}`])
  return {
    source,
    method,
    path: given
      .filter(({ in: place }) => place === 'path')
      .reduce((path, each) => path.replace(`{${each.name}}`, encodeURIComponent(textOf(each))), operation.path),
    query: given
      .filter(({ in: place }) => place === 'query')
      .flatMap((each) => {
        const value = values[`query.${each.name}`]
        return (Array.isArray(value) ? value.map(String) : [textOf(each)]).map((text) => [each.name, text] as const)
      }),
    headers: Object.fromEntries(
      given.filter(({ in: place }) => place === 'header').map((each) => [each.name, textOf(each)]),
    ),
    body: body === undefined ? undefined : body.type === 'application/json' ? { json } : { form: true },
  }
}

export const validRequests = (operation: Operation, known: Known): Arbitrary<Generated> => {
  const { parameters, body } = operation
  const values = Object.fromEntries(
    parameters.map(({ name, in: place, schema }) => {
      const value = validValue(schema, name, known)
      return [`${place}.${name}`, place === 'header' ? value.filter((each) => isHeaderText(String(each))) : value]
    }),
  )
  const requiredKeys = parameters.filter(({ required }) => required).map(({ name, in: place }) => `${place}.${name}`)
  const json = body?.type === 'application/json' ? validValue(body.schema, '', known) : fc.constant(undefined)
  return fc
    .tuple(fc.record(values, { requiredKeys }), json)
    .map(([each, content]) => request(operation, { values: each, json: content }))
}

/** Percent-encodings that are no text, or another path. */
const BAD_ENCODINGS = ['%', '%zz', '%ff', '%C0%AE', '%00', '%2e%2e', '%2F']

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export const wrongRequests = (operation: Operation, known: Known): Arbitrary<Generated> => {
  const { parameters, body, path } = operation
  const changes = (valid: Generated): readonly Arbitrary<Generated>[] => [
    ...parameters.flatMap((parameter) => {
      const texts = wrongText(parameter)
      return texts ? [texts.map((text) => withParameter(valid, operation, parameter, text))] : []
    }),
    ...valid.query
      .filter(([name]) => parameters.some((each) => each.in === 'query' && each.name === name && !isArray(each.schema)))
      .map((entry) => fc.constant({ ...valid, query: [...valid.query, entry], wrong: `${entry[0]} twice` })),
    ...parameters
      .filter((each) => each.in === 'path' && path.includes(`/{${each.name}}`))
      .map(({ name }) =>
        fc.constantFrom(...BAD_ENCODINGS).map((text) => {
          const value = encodeURIComponent(String(valid.source.values[`path.${name}`]))
          const [segment, wrong] = [`/${value}`, `path ${name}: ${text}`]
          return { ...valid, path: valid.path.replace(segment, `/${text}`), wrong }
        }),
      ),
    ...(body?.type === 'application/json' ? wrongBodies(valid, body) : []),
    ...(body?.required ? [fc.constant({ ...valid, body: undefined, wrong: 'no body' })] : []),
    ...(body
      ? [
          fc.constant({
            ...valid,
            body: { text: '--x' },
            headers: { ...valid.headers, 'Content-Type': 'text/plain' },
            wrong: 'content type',
          }),
        ]
      : []),
    fc
      .constantFrom(...METHODS, 'PROPFIND')
      .filter((method) => !Object.keys(document.paths[path] ?? {}).includes(method.toLowerCase()))
      .map((method) => ({ ...valid, method, body: undefined, wrong: 'method' })),
  ]
  return validRequests(operation, known).chain((valid) => fc.oneof(...changes(valid)))
}

const withParameter = (
  { source: { values, json } }: Generated,
  operation: Operation,
  { name, in: place }: Parameter,
  text: string,
): Generated => ({
  ...request(operation, { values: { ...values, [`${place}.${name}`]: text }, json }),
  wrong: `${place} ${name}: ${text}`,
})

const wrongBodies = (valid: Generated, { schema }: Body): Arbitrary<Generated>[] => {
  const json = valid.body && 'json' in valid.body ? valid.body.json : undefined
  const content = z.record(z.string(), z.unknown()).catch({}).parse(json)
  const { schema: shape, pointer } = schemaAt(schema)
  const headers = { ...valid.headers, 'Content-Type': 'application/json' }
  const changed = [
    ...Object.keys(shape.properties ?? {}).map((name) =>
      wrongValue(`${pointer}/properties/${name}`).map((value): unknown => ({ ...content, [name]: value })),
    ),
    ...(shape.required ?? []).map((name) =>
      fc.constant(Object.fromEntries(Object.entries(content).filter(([each]) => each !== name))),
    ),
    fc.constant<unknown>({ ...content, surplus: 1 }),
    fc.constantFrom<unknown>(null, [], 7, 'text', {}),
  ]
  return [
    ...changed
      .map((values) =>
        values
          .filter((value) => mistakesIn(value, schema).length > 0)
          .map((value) => ({ ...valid, body: { json: value }, wrong: `body ${JSON.stringify(value)}` })),
      )
      .slice(0, -1),
    fc
      .constantFrom('', '{', '{"a":1}x', '\ufeff{}', '{"a":\u0000}')
      .map((text) => ({ ...valid, headers, body: { text }, wrong: `body ${text}` })),
  ]
}
