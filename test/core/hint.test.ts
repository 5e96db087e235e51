// Hints between processes: each form, and nothing else.

import { expect, it } from 'vitest'
import { hintSchema } from '../../src/core/hint.ts'

it.each([{ type: 'changed', projectId: 'shop' }, { type: 'queued', jobId: 'j', projectId: 'shop' }, { type: 'ended' }])(
  'a hint of the type $type is read as it was sent',
  (hint) => {
    expect(hintSchema.parse(JSON.parse(JSON.stringify(hint)))).toEqual(hint)
  },
)

it.each([
  null,
  'changed',
  {},
  { type: '' },
  { type: 'other', projectId: 'shop' },
  { type: 'changed' },
  { type: 'changed', projectId: 7 },
  { type: 'queued', jobId: 'j' },
  { type: 'queued', projectId: 'shop' },
])('%j is no hint', (value) => {
  expect(hintSchema.safeParse(value).success).toBe(false)
})
