// Imports point one way. Held here, because no tool for it works with this TypeScript.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fullFolders, layerViolations, packagesOf } from './support/layer-rule.ts'

const src = fileURLToPath(new URL('../src', import.meta.url))
const test = fileURLToPath(new URL('.', import.meta.url))

/** Files below a folder, by their paths from there, with `/`. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))

const sources = (): Map<string, string> => {
  const paths = filesBelow(src).filter((path) => /\.tsx?$/.test(path))
  return new Map(paths.map((path) => [path, readFileSync(join(src, path), 'utf8')]))
}

const check = (path: string, ...lines: string[]) => layerViolations(new Map([[path, `${lines.join('\n')}\n`]]))

describe('the layers of src/', () => {
  it('hold the rule in every file', () => {
    const files = sources()
    expect(files.size).toBeGreaterThan(20)
    expect(layerViolations(files)).toEqual([])
  })
})

describe('an encoder process', () => {
  it('loads no schemas: V8 marks their heap for the pixels of each few pictures, a sixth of the CPU of an upload', () => {
    const packages = packagesOf(sources(), 'image/worker/main.ts')
    expect(packages).toContain('sharp')
    expect(packages).not.toContain('zod')
  })
})

describe('the folders of test/', () => {
  it('have at most 15 files each', () => {
    // Screenshots are kept by runs, and are no part of the project.
    const files = filesBelow(test).filter((path) => !path.includes('screenshots/'))
    expect(fullFolders(files)).toEqual([])
  })
})

describe('the rule', () => {
  it('lets a layer import lower layers and packages', () => {
    expect(
      check(
        'stores/file/commit.ts',
        "import { z } from 'zod'",
        "import { a } from '../../core/a.ts'",
        "import './b.ts'",
      ),
    ).toEqual([])
    expect(check('http/routes/images.ts', "import type { A } from '../../services/images.ts'")).toEqual([])
    expect(check('cli/serve.ts', "import { loadConfig } from '../config/load.ts'")).toEqual([])
  })

  it.each([
    ['core/a.ts', "import { a } from '../stores/store.ts'", 'core imports stores'],
    ['core/a.ts', "import type { A } from '../telemetry/logger.ts'", 'core imports telemetry'],
    ['image/a.ts', "import type { A } from '../stores/store.ts'", 'image imports stores'],
    ['stores/a.ts', "export const a = await import('../image/encoder.ts')", 'stores imports image'],
    ['stores/file/a.ts', "import {\n  a,\n  b,\n} from '../../services/images.ts'", 'stores imports services'],
    ['services/a.ts', "import { a } from '../http/app.ts'", 'services imports http'],
    ['services/a.ts', "import { type A, b } from '../stores/store.ts'", 'services imports stores'],
    ['http/a.ts', "import { loadConfig } from '../config/load.ts'", 'http imports config'],
    ['http/a.ts', "import '../cli/main.ts'", 'http imports cli'],
    ['http/a.ts', "import '../server/worker.ts'", 'http imports server'],
    ['server/a.ts', "import '../cli/main.ts'", 'server imports cli'],
    ['server/a.ts', "import type { Store } from '../stores/store.ts'", 'server imports stores'],
    ['queues/a.ts', "import type { A } from '../stores/store.ts'", 'queues imports stores'],
    ['stores/a.ts', "import type { A } from '../queues/queue.ts'", 'stores imports queues'],
    ['compose/compose.ts', "import { serve } from '../cli/serve.ts'", 'compose imports cli'],
    ['config/load.ts', "import { createTintype } from '../compose/compose.ts'", 'config imports compose'],
    ['services/a.ts', "import sharp from 'sharp'", 'imports sharp'],
    ['services/a.ts', 'export default 1', 'has a default export'],
    ['services/a.ts', 'const a = 1\nexport { a as default }', 'has a default export'],
    ['services/a.ts', "export * from './b.ts'", 'passes on exports'],
    ['services/a.ts', "export {\n  a,\n} from './b.ts'", 'passes on exports'],
    ['services/index.ts', 'export const a = 1', 'is a barrel'],
    ['services/a.ts', 'const a = process.env.HOME', 'reads process.env'],
    ['services/a.ts', "import { env } from 'node:process'", 'reads process.env'],
    ['services/a.ts', 'x\n'.repeat(250), 'has 251 lines'],
    ['client/a.ts', "import { a } from '../core/a.ts'", 'client imports core'],
    ['http/a.ts', "import type { A } from '../client/a.ts'", 'http imports client'],
    ['unheard-of/a.ts', '', 'unheard-of is no layer'],
    [
      'http/a.ts',
      "import { type A, createImageService } from '../services/images/images.ts'",
      'builds createImageService',
    ],
    ['http/a.ts', "import { createFileStore } from '../stores/file/file-store.ts'", 'builds createFileStore'],
    ['http/a.ts', "import type { A } from './a.ts'", 'import circle'],
  ])('finds in %s: %s', (path, text, violation) => {
    const found = check(path, text)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(violation)
  })

  it('lets services import interfaces of stores and encoders as types', () => {
    expect(check('services/a.ts', "import type { Store } from '../stores/store.ts'")).toEqual([])
    expect(check('services/a.ts', "import { type Store } from '../stores/store.ts'")).toEqual([])
  })

  it('finds a circle of several files once, of types too', () => {
    const circle = new Map([
      ['core/a.ts', "import type { B } from './b.ts'\n"],
      ['core/b.ts', "import { c } from './c.ts'\n"],
      ['core/c.ts', "import type { A } from './a.ts'\n"],
      ['core/d.ts', "import { a } from './a.ts'\n"],
    ])
    expect(layerViolations(circle)).toEqual(['import circle: core/a.ts, core/b.ts, core/c.ts'])
    circle.delete('core/c.ts')
    expect(layerViolations(circle)).toEqual([])
  })

  it('lets a folder have at most 15 files', () => {
    const files = new Map(Array.from({ length: 15 }, (_, at) => [`core/names/a${at}.ts`, 'export const a = 1\n']))
    expect(layerViolations(files)).toEqual([])
    files.set('core/names/a15.ts', 'export const a = 1\n')
    expect(layerViolations(files)).toEqual(['core/names: has 16 files, more than 15'])
  })

  it('ignores comments', () => {
    expect(check('core/a.ts', '// process.env is read in config/', "/* import '../cli/main.ts' */")).toEqual([])
  })
})
