// Values of the schemas of the OpenAPI document: valid ones, and others.

import fc, { type Arbitrary } from 'fast-check'
import { z } from 'zod'
import { locate, mistakesIn } from './schemas.ts'

/** Texts that stand for values of the state, by the name of the parameter or property. */
export type Known = Readonly<Record<string, readonly string[]>>

const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  multipleOf: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
})

export const at = (pointer: string, ...names: string[]) =>
  locate(
    ...pointer
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')),
    ...names,
  )

/** A schema with its pointer, behind references. */
export const schemaAt = (pointer: string): { schema: z.infer<typeof schemaShape>; pointer: string } => {
  const schema = schemaShape.parse(at(pointer).value ?? {})
  return schema.$ref === undefined ? { schema, pointer } : schemaAt(schema.$ref.slice(1))
}

/** Misses in a row after which a schema counts as one that the generator has no values for. */
const MOST_MISSES = 10_000

/** A filter that fails where nothing passes it, instead of generating for ever. */
const boundedTo = (pointer: string, fits: (value: unknown) => boolean): ((value: unknown) => boolean) => {
  let misses = 0
  return (value) => {
    if (fits(value)) {
      misses = 0
      return true
    }
    if (++misses > MOST_MISSES) throw new Error(`expected a generator for ${pointer}: ${misses} values do not fit`)
    return false
  }
}

/** Times from an hour to a month ahead: valid wherever a time in the future is. */
const soon: Arbitrary<string> = fc
  .integer({ min: 1, max: 24 * 30 })
  .map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString())

/** Strings in characters of one and two code units; control characters too. */
const anyString = (minLength = 0, maxLength = 40): Arbitrary<string> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.string({
        unit: 'grapheme-ascii',
        minLength,
        maxLength: Math.max(minLength, Math.min(maxLength, 40)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.string({ unit: 'binary', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) }),
    },
    { weight: 1, arbitrary: fc.constant('ü'.repeat(Math.min(maxLength, 300))) },
  )

export const validValue = (pointer: string, name: string, known: Known): Arbitrary<unknown> => {
  const { schema, pointer: found } = schemaAt(pointer)
  const types = [schema.type ?? []].flat()
  const fits = boundedTo(found, (value) => mistakesIn(value, found).length === 0)
  const ofState = known[name]?.filter((value) => types.includes('array') || fits(value))
  // Of values that only the state makes valid, none of this form is known: it is left out.
  if (ofState?.length === 0) return fc.constant(undefined)
  if (ofState && !types.includes('array')) return fc.constantFrom(...ofState)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (types.length > 1)
    return fc.oneof(...types.map((type) => (type === 'null' ? fc.constant(null) : ofType(type)))).filter(fits)
  return ofType(types[0] ?? 'string').filter(fits)

  function ofType(type: string): Arbitrary<unknown> {
    const { minimum = 0, maximum = 1e6, minLength, maxLength } = schema
    switch (type) {
      case 'integer':
        return fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: maximum }))
      case 'number':
        return fc.integer({ min: minimum * 100, max: maximum * 100 }).map((hundredths) => hundredths / 100)
      case 'boolean':
        return fc.boolean()
      case 'array':
        return fc.uniqueArray(validValue(`${found}/items`, name, known), { maxLength: 3 })
      case 'object':
        return objectOf()
      default:
        if (schema.format === 'date-time') return soon
        return schema.pattern === undefined ? anyString(minLength, maxLength) : textOf(schema.pattern)
    }
  }

  function objectOf(): Arbitrary<unknown> {
    if (!schema.properties) {
      const names = known[`${name} names`] ?? ['a']
      return fc.dictionary(fc.constantFrom(...names), validValue(`${found}/additionalProperties`, '', known), {
        maxKeys: 2,
      })
    }
    const values = Object.fromEntries(
      Object.keys(schema.properties).map((key) => [key, validValue(`${found}/properties/${key}`, key, known)]),
    )
    return fc.record(values, { requiredKeys: schema.required ?? [] })
  }
}

/** The generator of matching strings knows no lookaheads: they are left out of the pattern, and hold for what is kept. */
const textOf = (pattern: string): Arbitrary<string> => {
  const whole = new RegExp(pattern, 'u')
  const simple = new RegExp(pattern.replaceAll(/\(\?[=!][^()]*\)/g, ''), 'u')
  return fc.stringMatching(simple, { size: 'small' }).filter((text) => whole.test(text))
}

/** Values of the wrong type, out of range on both sides, of another form. */
export const wrongValue = (pointer: string): Arbitrary<unknown> => {
  const { schema, pointer: found } = schemaAt(pointer)
  const { minimum, maximum, minLength, maxLength } = schema
  const edges = [
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(minLength ? ['a'.repeat(minLength - 1)] : []),
    ...(maxLength === undefined ? [] : ['a'.repeat(maxLength + 1)]),
  ]
  const others = [
    '',
    ' ',
    'x y',
    '-1',
    '1.5',
    '1e3',
    'true',
    'TRUE',
    '\u0000',
    '💥',
    '../..',
    7,
    1.5,
    true,
    null,
    [],
    {},
    [7],
    { a: 1 },
  ]
  return fc
    .oneof(fc.constantFrom<unknown>(...edges, ...others), fc.string())
    .filter((value) => mistakesIn(value, found).length > 0)
}

/** The value of a parameter as its schema sees the text. */
export const fromText = (text: string, pointer: string): unknown => {
  const types = [schemaAt(pointer).schema.type ?? []].flat()
  if (types.includes('boolean') && /^(?:true|false)$/.test(text)) return text === 'true'
  return (types.includes('integer') || types.includes('number')) && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text
}
