// JSON Schemas of the OpenAPI document, as validators (JSON Schema 2020-12).

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { document } from './document.ts'

/** A JSON pointer into the document, such as `/components/schemas/User`. */
export const pointerTo = (...names: (string | number)[]): string =>
  names.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/**
 * The value at a place of the document, with the pointer to it, through references to shared parameters, headers,
 * responses and examples on the way.
 */
export const locate = (...names: readonly string[]): { pointer: string; value: unknown } => {
  let [pointer, value]: [string, unknown] = ['', document]
  for (const name of names) {
    if (isObject(value) && typeof value.$ref === 'string')
      ({ pointer, value } = locate(...value.$ref.split('/').slice(1)))
    pointer += pointerTo(name)
    value = Array.isArray(value) ? value[Number(name)] : isObject(value) ? value[name] : undefined
  }
  return { pointer, value }
}

/** Schemas of answers, where objects have no members but those that the document describes. */
const CLOSED = 'closed'
/** Schemas as they are in the document. */
const PLAIN = 'plain'

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  multipleOfPrecision: 6,
  // Each test process compiles these schemas once and uses few of them often: a third of the time so.
  code: { optimize: false },
  inlineRefs: false,
})
addFormats.default(ajv)

/** Adds `additionalProperties: false` where a schema of an object does not say it. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, each]) => [name, closed(each)] as const)
  const isOpen = value.type === 'object' && isObject(value.properties) && value.additionalProperties === undefined
  return { ...Object.fromEntries(entries), ...(isOpen ? { additionalProperties: false } : {}) }
}

ajv.addSchema({ $id: PLAIN, ...document })
ajv.addSchema({ $id: CLOSED, ...(isObject(document) ? Object(closed(document)) : {}) })

const compiled = new Map<string, ValidateFunction>()

/** What is wrong with a value by a schema of the document, one line each. @param pointer see {@link pointerTo} */
export const mistakesIn = (value: unknown, pointer: string, { isAnswer = false } = {}): string[] => {
  const reference = `${isAnswer ? CLOSED : PLAIN}#${encodeURI(pointer)}`
  const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference })
  compiled.set(reference, validate)
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || 'the value'} ${message} (${JSON.stringify(params)})`,
  )
}

/** Examples of schemas, contents and headers that do not fit their schema, one line each. */
export const exampleMistakes = (node: unknown, pointer = ''): string[] => {
  if (Array.isArray(node)) return node.flatMap((each, at) => exampleMistakes(each, pointer + pointerTo(at)))
  if (!isObject(node)) return []
  const examples = examplesOf(node)
  const schema = isObject(node.schema) ? node.schema : node
  return [
    ...examples.flatMap((example) =>
      mistakesBy(schema, example).map((mistake) => `${pointer}: ${JSON.stringify(example)}: ${mistake}`),
    ),
    ...Object.entries(node)
      .filter(([name, each]) => !/^examples?$/.test(name) || isSchema(each))
      .flatMap(([name, each]) => exampleMistakes(each, pointer + pointerTo(name))),
  ]
}

/** A member called `example` of an object can be a schema itself. */
const isSchema = (value: unknown): boolean => isObject(value) && typeof value.type === 'string' && 'example' in value

const examplesOf = ({ schema, example, examples }: Record<string, unknown>): unknown[] => [
  ...(example === undefined || isSchema(example) ? [] : [example]),
  ...(Array.isArray(examples) ? examples : []),
  ...(isObject(schema) && isObject(examples) ? Object.values(examples).flatMap((each) => exampleIn(each)) : []),
]

const exampleIn = (each: unknown): unknown[] => {
  const target = isObject(each) && typeof each.$ref === 'string' ? locate(...each.$ref.split('/').slice(1)).value : each
  return isObject(target) && 'value' in target ? [target.value] : []
}

const mistakesBy = (schema: Record<string, unknown>, value: unknown): string[] => {
  // References are those of the document.
  const inDocument: unknown = JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${PLAIN}#/`))
  const validate = ajv.compile(isObject(inDocument) ? inDocument : {})
  return validate(value) ? [] : [ajv.errorsText(validate.errors)]
}
