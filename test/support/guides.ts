// Guides: their texts, their command blocks, and the table of settings made from the settings themselves.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { SETTINGS } from '../../src/config/load.ts'
import { flagOf } from '../../src/config/setting.ts'

/** Every guide, by its path in the repository. */
export const GUIDES = [
  'README.md',
  'src/README.md',
  'src/http/README.md',
  'src/server/README.md',
  'src/stores/s3/README.md',
  'storage/README.md',
  'test/README.md',
] as const

export const pathOfGuide = (guide: string): string => fileURLToPath(new URL(`../../${guide}`, import.meta.url))

export const readGuide = (guide: (typeof GUIDES)[number]): Promise<string> => readFile(pathOfGuide(guide), 'utf8')

/** Texts of the fenced blocks of a language, in order. */
export const codeBlocks = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block)

const BEGIN = '<!-- settings: `npm run docs` writes this table -->'
const END = '<!-- /settings -->'

const settingsTable = (): string =>
  [
    '| environment | flag | default | meaning |',
    '|---|---|---|---|',
    ...SETTINGS.map(
      ({ env, initial, doc, ...setting }) =>
        `| \`${env}\` | \`${flagOf({ env, initial, doc, ...setting }, '=')}\` | ${initial === '' ? 'none' : `\`${initial}\``} | ${doc} |`,
    ),
  ].join('\n')

/** The text with the table between its two marks. */
export const withSettingsTable = (markdown: string): string => {
  const [before, rest] = markdown.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`expected ${BEGIN} and ${END} in the text`)
  return `${before}${BEGIN}\n\n${settingsTable()}\n\n${END}${after}`
}
