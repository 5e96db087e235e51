// Settings of a .env file, and warnings of probable mistakes in it.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEnvFile } from '../../src/config/env-file.ts'
import { temporaryFolder } from '../support/disk/folder.ts'

const names = { flag: '', unit: '', initial: '', doc: '' }
const SETTINGS = [
  { env: 'PORT', ...names },
  { env: 'HOST', ...names },
  { env: 'BACKGROUND', ...names },
  { env: 'API_KEYS', ...names, isSecret: true },
]

const read = async (text: string) => {
  const path = join(await temporaryFolder(), '.env')
  await writeFile(path, text)
  return readEnvFile(path, SETTINGS)
}
const warningsOf = async (text: string) => (await read(text)).warnings

describe('a .env file', () => {
  it('is empty where it is missing', async () => {
    const path = join(await temporaryFolder(), '.env')
    expect(readEnvFile(path, SETTINGS)).toEqual({ texts: {}, warnings: [] })
  })

  it('is refused where it cannot be read', async () => {
    const path = join(await temporaryFolder(), '.env')
    await mkdir(path)
    expect(() => readEnvFile(path, SETTINGS)).toThrow('EISDIR')
  })

  it('returns values by name, including those of other programs', async () => {
    expect(await read('# all\nPORT=1\nexport HOST="::1" # IPv6\nOTHER_PROGRAM=\'a b\'\nBACKGROUND=\n')).toEqual({
      texts: { PORT: '1', HOST: '::1', OTHER_PROGRAM: 'a b', BACKGROUND: '' },
      warnings: [],
    })
  })
})

const COMMENT = '(in .env): an unquoted # begins a comment, so the value'

describe('an unquoted #', () => {
  it.each(['BACKGROUND=#ff0000', 'BACKGROUND= #ff0000', 'BACKGROUND =\t#ff0000  ', ' export BACKGROUND=#ff0000'])(
    'that empties the value is warned of: %j',
    async (line) => {
      expect(await warningsOf(`PORT=1\n${line}\nHOST=a`)).toEqual([
        `BACKGROUND ${COMMENT} is empty; put it in quotes: BACKGROUND="#ff0000"`,
      ])
    },
  )

  it.each(['HOST=a#b', 'HOST = a#b', '\texport\tHOST=a#b'])(
    'that begins a comment causes a warning: %j',
    async (line) => {
      expect(await warningsOf(line)).toEqual([`HOST ${COMMENT} ends there; put it in quotes: HOST="a#b"`])
    },
  )

  it.each([
    ['API_KEYS=sixteen-letters!#2', 'ends there'],
    ['API_KEYS=#sixteen-letters', 'is empty'],
  ])('in a secret causes a warning that omits the secret: %s', async (line, effect) => {
    expect(await warningsOf(line)).toEqual([`API_KEYS ${COMMENT} ${effect}; put it in quotes: the value`])
  })

  it.each([
    ['BACKGROUND= #ab', false],
    ['BACKGROUND= #abc', true],
    ['BACKGROUND= #ABCDEF12', true],
    ['BACKGROUND= #abcdef123', false],
    ['BACKGROUND= #abg', false],
    ['BACKGROUND= #abc of all', false],
  ])('after a space causes a warning where a colour follows: %s', async (line, isWarned) => {
    expect(await warningsOf(line)).toHaveLength(isWarned ? 1 : 0)
  })

  it.each([
    ['in double quotes', 'HOST="a#b"'],
    ['in single quotes', "HOST='a#b'"],
    ['in backticks', 'HOST=`a#b`'],
    ['behind a quoted value', 'HOST="a" # b#c'],
    ['behind a space', 'HOST=a # b'],
    ['behind a space, before another one', 'HOST=a # b#c'],
    ['in a comment line', '# HOST=a#b'],
    ['in a value of another program', 'DATABASE_HOST=a#b'],
    ['in a value that a later line replaces', 'HOST=a#b\nHOST=c'],
  ])('%s is an ordinary comment', async (_, text) => {
    expect(await warningsOf(text)).toEqual([])
  })

  it('causes a warning where the last line of a setting contains it', async () => {
    expect(await warningsOf('HOST=c\nHOST=a#b')).toHaveLength(1)
  })
})

describe('a name in .env', () => {
  it.each([
    ['PROT', 'PORT'],
    ['port', 'PORT'],
    ['API_KEY', 'API_KEYS'],
    ['BACKGROUNDS', 'BACKGROUND'],
  ])('similar to a setting causes a warning: %s', async (name, similar) => {
    expect(await warningsOf(`${name}=9000`)).toEqual([`${name} (in .env): no such setting; did you mean ${similar}?`])
  })

  it('of a setting, or of another program, causes no warning', async () => {
    expect(await warningsOf('PORT=1\nNODE_ENV=production\nPATH=/bin')).toEqual([])
  })

  it('causes its warning after those of comments', async () => {
    const warnings = await warningsOf('PROT=1\nHOST=a#b')
    expect(warnings.map((line) => line.split(' ')[0])).toEqual(['HOST', 'PROT'])
  })
})
