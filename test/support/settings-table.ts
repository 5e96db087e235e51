// The README's table of settings, made from the settings themselves.

import { SETTINGS } from '../../src/config/load.ts'

const BEGIN = '<!-- settings: `npm run docs` writes this table -->'
const END = '<!-- /settings -->'

const settingsTable = (): string =>
  [
    '| environment | flag | default | meaning |',
    '|---|---|---|---|',
    ...SETTINGS.map(
      ({ env, flag, unit, initial, doc }) =>
        `| \`${env}\` | \`--${flag}=<${unit}>\` | ${initial === '' ? 'none' : `\`${initial}\``} | ${doc} |`,
    ),
  ].join('\n')

/** The text with the table between its two marks. */
export const withSettingsTable = (markdown: string): string => {
  const [before, rest] = markdown.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`expected ${BEGIN} and ${END} in the text`)
  return `${before}${BEGIN}\n\n${settingsTable()}\n\n${END}${after}`
}
