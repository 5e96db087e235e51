// Paths of objects in the source of a project: one form for signatures, and transforms by their parameters alone.

import { expect, it } from 'vitest'
import { isTransformed, plainSourcePath, renderPathOf, sourcePath } from '../../../src/core/transform/render-path.ts'
import { signUrl } from '../../../src/core/transform/signature.ts'

const KEYS = ['a key for tests only, 123']
const signatureOf = (url: string) => new URLSearchParams(signUrl(url, { keys: KEYS }).split('?')[1]).get('sig')

it('has one form, however its key is escaped', () => {
  const path = '/projects/demo/source/a%20b/%C3%BC%2B.jpg'
  expect(sourcePath('demo', 'a b/ü+.jpg')).toBe(path)
  for (const same of [path, '/projects/demo/source/a%20b%2f%C3%BC+.jpg', '/projects/demo/source/%61%20b/%c3%bc+.jpg']) {
    expect(plainSourcePath(same)).toBe(path)
    expect(signatureOf(`${same}?w=8`), same).toBe(signatureOf(`${path}?w=8`))
  }
  for (const other of ['/projects/demo/assets/a.jpg', '/projects/demo/source/', '/projects/demo/source/%ff'])
    expect(plainSourcePath(other)).toBeUndefined()
})

it('is that of a transform by its parameters, never by the end of the key', () => {
  const path = sourcePath('demo', 'blender/render.png')
  expect(renderPathOf(path, ['w', 'format'])).toEqual({ path, format: undefined })
  expect(renderPathOf(path, ['size', 'format', 'v'])).toBeUndefined()
  expect(renderPathOf('/projects/demo/images/x/render.png', [])).toMatchObject({ format: 'png' })
  expect([['preset'], ['kernel'], ['format'], ['size']].map((names) => isTransformed(names))).toEqual([
    true,
    true,
    false,
    false,
  ])
  const other = sourcePath('demo', 'blender/render')
  expect(signatureOf(`${path}?w=8`)).not.toBe(signatureOf(`${other}?w=8&format=png`))
  expect(signatureOf(`${path}?w=8`)).not.toBe(signatureOf(`${path}?w=9`))
})
