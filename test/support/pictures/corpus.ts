// Test images of ../shared/corpus, which are in no repository.

import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { it } from 'vitest'
import { skipWithout } from '../skip.ts'

type CorpusFolder = 'photos' | 'formats' | 'hostile' | 'reported'

const CORPUS = fileURLToPath(new URL('../../../../shared/corpus', import.meta.url))

/** Paths of a folder's files, none where the corpus is absent. */
export const corpusFiles = (folder: CorpusFolder): string[] =>
  existsSync(CORPUS) ? readdirSync(join(CORPUS, folder)).map((file) => join(CORPUS, folder, file)) : []

/** A test for each file of a folder, or one skipped test that says why. `name` may hold `%s` for the file's name. */
export const eachOfCorpus = (
  folder: CorpusFolder,
  name: string,
  test: (file: string, path: string) => Promise<void>,
): void => {
  const files = corpusFiles(folder).map((path) => basename(path))
  if (files.length > 0) it.each(files)(name, (file) => test(file, join(CORPUS, folder, file)))
  else it(`${folder}/ of the corpus`, (context) => skipWithout(context, 'the test images in ../shared/corpus'))
}
