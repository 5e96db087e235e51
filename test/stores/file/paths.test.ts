import { relative } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROJECT_ID, SIZES } from '../../../src/core/names.ts'
import { createPaths, folderOf, projectIdOf } from '../../../src/stores/file/paths.ts'

/** Ids from few letters, so that many pairs differ only in case. */
const projectId = fc.oneof(
  fc.stringMatching(PROJECT_ID),
  fc.string({ unit: fc.constantFrom(...'aAbB.!'), minLength: 1 }),
)

describe('the folder of a project', () => {
  it('is unique, also on a case-insensitive file system', () => {
    fc.assert(
      fc.property(fc.stringMatching(PROJECT_ID), fc.stringMatching(PROJECT_ID), fc.func(fc.boolean()), (a, b, flip) => {
        const twin = [...a].map((letter, at) => (flip(at) ? letter.toUpperCase() : letter.toLowerCase())).join('')
        for (const other of [b, twin])
          expect(folderOf(a).toLowerCase() === folderOf(other).toLowerCase()).toBe(a === other)
      }),
    )
  })

  it('is parsed to its id, and any other name to undefined', () => {
    fc.assert(
      fc.property(projectId, (name) => {
        if (PROJECT_ID.test(name)) expect(projectIdOf(folderOf(name))).toBe(name)
        const id = projectIdOf(name)
        expect(id === undefined || folderOf(id) === name).toBe(true)
      }),
    )
  })

  it.each(['', '.', '..', '.meta', 'Shop', '!Shop', '!', 'a!', 'a!1', '!!a', 'lost+found', '!a'.repeat(65)])(
    'is not "%s"',
    (name) => expect(projectIdOf(name)).toBeUndefined(),
  )

  it('has a portable name of at most 128 characters without special ones', () => {
    const folder = /^[a-z0-9_!-][a-z0-9._!-]{0,127}$/
    fc.assert(fc.property(fc.stringMatching(PROJECT_ID), (id) => folder.test(folderOf(id))))
  })
})

describe('the paths of a store', () => {
  it('are those of the documented layout', () => {
    const root = '/store'
    const paths = createPaths(root)
    const places = [
      paths.tmp,
      paths.published('Shop'),
      paths.lock('Shop'),
      paths.revision('Shop', 12),
      paths.segment('Shop', 'r1'),
      paths.changeFile('Shop', 33),
      ...SIZES.map((size) => paths.variant('Shop', 'x', size)),
    ]
    expect(places.map((path) => relative(root, path))).toEqual([
      '.tmp',
      'projects/!shop/meta.json',
      'projects/!shop/meta.lock',
      'projects/!shop/.meta/12.json',
      'projects/!shop/.meta/runs/r1.json',
      'projects/!shop/.meta/changes/33.json',
      'projects/!shop/original/x.jpg',
      'projects/!shop/medium/x.jpg',
      'projects/!shop/thumb/x.jpg',
      'projects/!shop/game/x.jpg',
    ])
  })

  it('do not change with the working folder', () => {
    expect(createPaths('storage').projects).toBe(createPaths(`${process.cwd()}/storage`).projects)
  })
})
