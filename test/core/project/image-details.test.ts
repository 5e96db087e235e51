// Details of an image: limits, clean-up, and edits of the record.

import { describe, expect, it } from 'vitest'
import {
  DETAIL_SCHEMAS,
  type ImageEdit,
  keepDetails,
  MAX_ALT,
  MAX_IMAGE_TITLE,
  MAX_TAG,
  MAX_TAGS,
  withDetails,
} from '../../../src/core/project/image-details.ts'
import { type ImageRecord, imageSchema } from '../../../src/core/project/model.ts'
import { recordOf } from '../../contracts/store.ts'

const image = recordOf('0'.repeat(20))
const full: ImageRecord = {
  ...image,
  name: 'a.jpg',
  title: 'A',
  alt: 'An A',
  tags: ['a', 'b'],
  focal_point: { x: 0.25, y: 0.75 },
  taken_at: '2024-05-06T07:08:09',
}

const isAccepted = (name: keyof typeof DETAIL_SCHEMAS, value: unknown) => DETAIL_SCHEMAS[name].safeParse(value).success

describe('a detail', () => {
  it('has its limit in characters, whatever their length in code units', () => {
    for (const [name, most] of [
      ['title', MAX_IMAGE_TITLE],
      ['alt', MAX_ALT],
    ] as const)
      for (const character of ['x', 'é', '字', '🎈']) {
        expect(isAccepted(name, character.repeat(most)), `${name} ${character}`).toBe(true)
        expect(isAccepted(name, character.repeat(most + 1)), `${name} ${character}`).toBe(false)
      }
  })

  it('is trimmed, in normal form C, and has no half of a character', () => {
    expect(DETAIL_SCHEMAS.title.parse(' Cafe\u0301 \n')).toBe('Caf\u00e9')
    expect(DETAIL_SCHEMAS.alt.parse('a\ud800b')).toBe('a\ufffdb')
    expect(DETAIL_SCHEMAS.title.parse(` ${'x'.repeat(MAX_IMAGE_TITLE)} `)).toHaveLength(MAX_IMAGE_TITLE)
  })

  it('keeps what looks like HTML or a path as it is', () => {
    const text = `"><script>alert('x')</script> ../../etc/passwd {{7*7}} \\u0000`
    expect(DETAIL_SCHEMAS.title.parse(text)).toBe(text)
  })

  it('is refused where it is of another type', () => {
    for (const name of ['name', 'title', 'alt', 'tags', 'focal_point'] as const)
      for (const value of [7, true, {}, null, undefined]) expect(isAccepted(name, value), name).toBe(false)
  })
})

describe('tags', () => {
  it('are distinct, in the order in which they were given', () => {
    expect(DETAIL_SCHEMAS.tags.parse(['b', ' a ', 'b', 'A', 'e\u0301', '\u00e9'])).toEqual(['b', 'a', 'A', '\u00e9'])
  })

  it(`are at most ${MAX_TAGS} of 1 to ${MAX_TAG} characters`, () => {
    const tags = (count: number) => Array.from({ length: count }, (_, n) => `tag ${n}`)
    expect(isAccepted('tags', tags(MAX_TAGS))).toBe(true)
    expect(isAccepted('tags', tags(MAX_TAGS + 1))).toBe(false)
    expect(isAccepted('tags', ['🎈'.repeat(MAX_TAG)])).toBe(true)
    expect(isAccepted('tags', ['🎈'.repeat(MAX_TAG + 1)])).toBe(false)
  })

  it('have no comma and no control character, and are not empty', () => {
    for (const tag of ['a,b', ',', '', '  ', 'a\nb', 'a\0', 'a\u007fb', 7])
      expect(isAccepted('tags', [tag])).toBe(false)
    for (const tag of ['#sea', 'two words', '<b>', '🎈', 'a;b', '__proto__'])
      expect(isAccepted('tags', [tag])).toBe(true)
  })
})

it('a focal point lies within the picture', () => {
  for (const point of [
    { x: 0, y: 1 },
    { x: 1, y: 0 },
    { x: 0.123456, y: 0.5 },
  ])
    expect(DETAIL_SCHEMAS.focal_point.parse(point)).toEqual(point)
  for (const point of [{ x: -0.01, y: 0 }, { x: 0, y: 1.01 }, { x: 0 }, { x: '0', y: 0 }, { x: 0, y: 0, z: 0 }, [0, 0]])
    expect(isAccepted('focal_point', point), JSON.stringify(point)).toBe(false)
  expect(isAccepted('focal_point', { x: Number.NaN, y: 0 })).toBe(false)
})

describe('an edit', () => {
  it('changes the given details and no others', () => {
    expect(withDetails(full, { title: 'B', tags: ['c'] })).toEqual({ ...full, title: 'B', tags: ['c'] })
    expect(withDetails(image, { focal_point: { x: 0, y: 0 } })).toEqual({ ...image, focal_point: { x: 0, y: 0 } })
  })

  it('removes a detail by null, and name, title and tags by an empty value', () => {
    const { name: _, title: __, alt: ___, tags: ____, focal_point: _____, ...bare } = full
    const nothing: ImageEdit = { name: null, title: null, alt: null, tags: null, focal_point: null }
    expect(JSON.parse(JSON.stringify(withDetails(full, nothing)))).toEqual(bare)
    const { tags, alt, ...other } = withDetails(full, { name: '', title: '', alt: '', tags: [] })
    expect([tags, alt, other.name, other.title]).toEqual([undefined, '', undefined, undefined])
  })

  it('of what is set already gives the same record', () => {
    expect(withDetails(full, { title: 'A', tags: ['a', 'b'], focal_point: { x: 0.25, y: 0.75 } })).toBe(full)
    expect(withDetails(full, {})).toBe(full)
    expect(withDetails(image, { title: null, name: '', tags: [] })).toBe(image)
    expect(withDetails(full, { tags: ['b', 'a'] }), 'the order counts').not.toBe(full)
  })

  it('leaves the record in the order of its schema, so that its line is that of one which was read', () => {
    const answers = [{ key: 'a'.repeat(64), upload: image.id, at: image.created_at, revision: 1, is_primary: true }]
    const edited = withDetails({ ...image, answers, taken_at: full.taken_at }, { title: 'A', name: 'a.jpg' })
    expect(JSON.stringify(edited)).toBe(JSON.stringify(imageSchema.parse(JSON.parse(JSON.stringify(edited)))))
    expect(edited.answers).toEqual(answers)
  })
})

it('a repaired record has the details of the one that it replaces', () => {
  const repaired = { ...full, title: 'an older one', alt: undefined, width: 7 }
  expect(keepDetails(repaired, full)).toEqual({ ...full, width: 7 })
  expect(keepDetails(full, image)).toMatchObject({ taken_at: full.taken_at })
  expect(keepDetails(full, image).title).toBeUndefined()
})

it('each detail says what is expected', () => {
  const expected = (name: keyof typeof DETAIL_SCHEMAS, value: unknown) => [
    ...new Set(DETAIL_SCHEMAS[name].safeParse(value).error?.issues.map(({ message }) => message)),
  ]
  const tag = 'tags of 1 to 100 characters without commas and control characters'
  const point = 'x and y, each a number from 0 to 1'
  for (const [name, value, message] of [
    ['title', 7, 'a text of at most 200 characters'],
    ['title', 'x'.repeat(201), 'a text of at most 200 characters'],
    ['alt', null, 'a text of at most 2000 characters'],
    ['alt', 'x'.repeat(2001), 'a text of at most 2000 characters'],
    ['tags', 'a', 'at most 50 tags'],
    ['tags', Array.from({ length: 51 }, (_, n) => `t${n}`), 'at most 50 tags'],
    ['tags', [7], tag],
    ['tags', ['a,b'], tag],
    ['tags', ['x'.repeat(101)], tag],
    ['focal_point', 7, point],
    ['focal_point', { x: 2, y: -1 }, point],
    ['focal_point', { x: '0', y: 0 }, point],
  ] as const)
    expect(expected(name, value), `${name} ${JSON.stringify(value)}`).toEqual([message])
})
