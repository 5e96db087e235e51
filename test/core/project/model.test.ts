// Schemas of stored records: accepted values and limits.

import { describe, expect, it } from 'vitest'
import {
  imageSchema,
  MAX_TITLE_LENGTH,
  projectSchema,
  USER_ID_RULE,
  userIdSchema,
  variantSchema,
} from '../../../src/core/project/model.ts'

const SHA256 = '0123456789abcdef'.repeat(4)
const AT = '2026-11-28T12:00:00.000Z'
const ID = 'a'.repeat(20)

const variant = { width: 4, height: 3, bytes: 100, sha256: SHA256 }
const answered = { key: SHA256, upload: ID, at: AT, revision: 1, is_primary: true }
const image = {
  id: ID,
  ext: 'jpg',
  created_at: AT,
  width: 4,
  height: 3,
  sha256: SHA256,
  sizes: { original: variant, medium: variant, thumb: variant, game: variant },
}
const project = {
  project_id: 'shop',
  revision: 1,
  title: null,
  created_at: AT,
  updated_at: AT,
  primary_image_id: null,
  image_count: 0,
} as const

const isVariant = (change: object) => variantSchema.safeParse({ ...variant, ...change }).success
const isImage = (change: object) => imageSchema.safeParse({ ...image, ...change }).success
const isProject = (change: object) => projectSchema.safeParse({ ...project, ...change }).success

describe('the record of a variant', () => {
  it.each(['width', 'height', 'bytes'])('has a %s that is a whole number from 0', (field) => {
    for (const value of [0, 1, 2 ** 40]) expect(isVariant({ [field]: value })).toBe(true)
    for (const value of [-1, 0.5, '4', null, undefined]) expect(isVariant({ [field]: value })).toBe(false)
  })

  it('has a hash of 64 lower-case hex digits', () => {
    expect(isVariant({})).toBe(true)
    for (const sha256 of [SHA256.slice(1), `${SHA256}0`, SHA256.toUpperCase(), SHA256.replace('a', 'g')])
      expect(isVariant({ sha256 })).toBe(false)
  })
})

describe('the record of an image', () => {
  it('needs neither a placeholder, nor a colour, nor answers', () => {
    expect(imageSchema.parse(image)).toEqual(image)
  })

  it.each([
    ['id', 'A'.repeat(20)],
    ['id', 'a'.repeat(19)],
    ['ext', 'png'],
    ['created_at', '2026-11-28'],
    ['width', -1],
    ['height', 1.5],
    ['sha256', 'abc'],
    ['sizes', { original: variant, medium: variant, thumb: variant }],
  ])('is refused with an invalid %s: %j', (field, value) => {
    expect(isImage({ [field]: value })).toBe(false)
  })

  it.each([
    [4, false],
    [8, true],
    [40, true],
    [44, false],
  ])('with a placeholder of %i characters is accepted: %s', (length, isAccepted) => {
    expect(isImage({ placeholder: 'A'.repeat(length) })).toBe(isAccepted)
  })

  it('has a placeholder in base64', () => {
    expect(isImage({ placeholder: 'AAAAAAA!' })).toBe(false)
  })

  it('has a colour of six lower-case hex digits', () => {
    expect(isImage({ color: '#09af00' })).toBe(true)
    for (const color of ['09af00', '#09AF00', '#09af0', '#09af000', '#09af0g', 'x#09af00'])
      expect(isImage({ color })).toBe(false)
  })

  it('keeps valid answers alone', () => {
    expect(isImage({ answers: [] })).toBe(true)
    expect(isImage({ answers: [answered, answered] })).toBe(true)
    for (const change of [{ key: 'abc' }, { upload: 'abc' }, { at: 'now' }, { revision: -1 }, { is_primary: 1 }])
      expect(isImage({ answers: [answered, { ...answered, ...change }] })).toBe(false)
  })
})

describe('a user id', () => {
  it.each([
    [0, false],
    [1, true],
    [255, true],
    [256, false],
  ])('of %i characters is accepted: %s', (length, isAccepted) => {
    expect(userIdSchema.safeParse('x'.repeat(length)).success).toBe(isAccepted)
    expect(USER_ID_RULE).toBe('a user id of 1 to 255 characters')
  })

  it('is not __proto__, but may contain it', () => {
    expect(userIdSchema.safeParse('__proto__').success).toBe(false)
    expect(userIdSchema.safeParse('__proto__1').success).toBe(true)
  })
})

describe('the record of a project', () => {
  it('needs no access fields', () => {
    expect(projectSchema.parse(project)).toEqual(project)
  })

  it('accepts an owner, a visibility, members and a charged key', () => {
    const access = { owner_id: 'ada', visibility: 'private', members: { bob: 'viewer', eve: 'editor' } }
    expect(isProject({ ...access, made_by: 'key:abc', title: 'Shop', primary_image_id: ID })).toBe(true)
    expect(isProject({ visibility: 'public' })).toBe(true)
  })

  it.each([
    ['project_id', '.hidden'],
    ['project_id', ''],
    ['revision', -1],
    ['title', undefined],
    ['created_at', 'yesterday'],
    ['updated_at', '2026-11-28'],
    ['primary_image_id', undefined],
    ['image_count', 0.5],
    ['owner_id', ''],
    ['visibility', 'secret'],
    ['members', { bob: 'owner' }],
    ['members', { '': 'viewer' }],
    ['members', { ['x'.repeat(256)]: 'viewer' }],
  ])('is refused with an invalid %s: %j', (field, value) => {
    expect(isProject({ [field]: value })).toBe(false)
  })

  it('has titles of at most 200 characters', () => {
    expect(MAX_TITLE_LENGTH).toBe(200)
  })
})
