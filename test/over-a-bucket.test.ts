// HTTP tests that are not run over a store in a bucket: test/README.md lists them, with the reason of each.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { FOLDER_FILES, folderRows } from './support/store/folder-tests.ts'

const root = fileURLToPath(new URL('.', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

it('every exception of the suite over a bucket stands in the README, and nothing else', () => {
  const files = readdirSync(join(root, 'http'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('http', name))
  const [, section = ''] = read('README.md').split('\n## Over a bucket\n')
  expect(section.split('\n').filter((line) => line.startsWith('| `'))).toEqual(folderRows(files, read))
})

it('every file that is left out exists', () => {
  expect(Object.keys(FOLDER_FILES).filter((file) => !existsSync(join(root, file)))).toEqual([])
})
