// Flags as they are written on the command line.

import { describe, expect, it } from 'vitest'
import { parseFlags } from '../../src/cli/flags.ts'

describe('flags', () => {
  it('have their value behind a space or an equals sign; the last one counts', () => {
    expect(parseFlags(['--port', '1', '--host=::1', '--port=2'])).toEqual({
      flags: { '--port': '2', '--host': '::1' },
      mistakes: [],
    })
  })

  it('without a value are kept, so that somebody says what they lack', () => {
    expect(parseFlags(['--port']).flags).toEqual({ '--port': undefined })
    expect(parseFlags(['--port=']).flags).toEqual({ '--port': '' })
  })

  it.each([
    ['--prot', 'did you mean --port?'],
    ['--PORT', 'did you mean --port?'],
    ['--storage-dir', 'did you mean --storage?'],
    ['--maxUploadBytes', 'did you mean --max-upload-bytes?'],
    ['--encoder', 'did you mean --encoders?'],
    ['--frobnicate', 'lists them'],
    ['--no-port', 'no such flag'],
    ['-p', 'no such flag'],
  ])('that do not exist are a mistake with a hint: %s', (flag, hint) => {
    const { flags, mistakes } = parseFlags([flag, '9000'])
    expect(flags).toEqual({})
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(new RegExp(`^${flag}: no such flag`))
    expect(mistakes[0]).toContain(hint)
  })

  it('are all that the command takes', () => {
    expect(parseFlags(['9000']).mistakes).toEqual(['9000: expected a flag, such as --port 9000'])
    expect(parseFlags(['--port', '1', 'x', '--', '--host']).mistakes).toHaveLength(2)
  })
})
