// The size of the built gallery: what the first view loads, and what the lightbox adds.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../dist/gallery/', import.meta.url))
const read = (name: string): string => readFileSync(`${folder}${name}`, 'utf8')
const compressed = (names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + gzipSync(read(name)).length, 0)

/** The only file of this name. */
const fileOf = (name: string, end = 'js'): string => {
  const [found, ...others] = readdirSync(folder).filter((file) => new RegExp(`^${name}-[\\w-]{8}\\.${end}$`).test(file))
  if (!found || others.length > 0) throw new Error(`expected one file of ${name}`)
  return found
}

/** A script and all that it imports at once. */
const loadedWith = (...names: string[]): Set<string> => {
  const loaded = new Set<string>()
  const load = (name: string): void => {
    if (loaded.has(name)) return
    loaded.add(name)
    for (const [, imported = ''] of read(name).matchAll(/(?:\bfrom|^import|[;}]import)\s*["']\.\/([^"']+\.js)["']/g))
      load(imported)
  }
  for (const name of names) load(name)
  return loaded
}

it('loads at most 25 kB of scripts for the wall of projects', () => {
  const first = loadedWith(fileOf('main'), fileOf('wall-view'))
  expect(compressed(first)).toBeLessThanOrEqual(25_000)
})

it('loads at most 20 kB of scripts more for the lightbox', () => {
  const before = loadedWith(fileOf('main'), fileOf('project-view'))
  const lightbox = [...loadedWith(fileOf('lightbox-view'))].filter((name) => !before.has(name))
  expect(lightbox.length).toBeGreaterThan(0)
  expect(compressed(lightbox)).toBeLessThanOrEqual(20_000)
})

it('loads the atlas view when it is opened', () => {
  const before = loadedWith(fileOf('main'), fileOf('wall-view'), fileOf('project-view'))
  expect(before).not.toContain(fileOf('atlas-dialog'))
})

it('has less than 10 kB of styles', () => {
  expect(compressed(readdirSync(folder).filter((name) => name.endsWith('.css')))).toBeLessThan(10_000)
})
