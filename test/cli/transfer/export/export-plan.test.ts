// What an export writes, keeps and refuses.

import { expect, it } from 'vitest'
import { stepFor } from '../../../../src/cli/transfer/export/export-plan.ts'

it.each([
  ['nothing', 'nothing', undefined, 'write'],
  ['nothing, where an earlier export wrote', 'nothing', 'old', 'write'],
  ['the picture', 'wanted', undefined, 'keep'],
  ['the picture as an earlier export wrote it', 'wanted', 'wanted', 'keep'],
  ['the file of an earlier export', 'old', 'old', 'write'],
  ['the file of an earlier export, changed since', 'edited', 'old', 'refuse'],
  ['a foreign file', 'foreign', undefined, 'refuse'],
  ['a link or a folder', 'other', undefined, 'refuse'],
  ['a link or a folder, where an earlier export wrote', 'other', 'other', 'refuse'],
])('%s in the place of a file', (_, found, before, step) => {
  expect(stepFor('wanted', found, before)).toBe(step)
})
