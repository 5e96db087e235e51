// The command line without a server: help, version, and what is refused.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SETTINGS } from '../../src/config/load.ts'
import { version } from '../../src/version.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { type RunOptions, runTintype } from '../support/processes/tintype.ts'

const outcome = async (args: readonly string[], options?: RunOptions) => {
  const run = await runTintype(args, options)
  return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() }
}

describe('tintype', () => {
  it('--help names the commands', async () => {
    const { code, stdout, stderr } = await outcome(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^ +serve +Serve a storage folder/m)
    expect(stdout).toMatch(/^ +openapi +Print the OpenAPI document/m)
  })

  it('serve --help explains every setting with its flag, its name in the environment and its default', async () => {
    const { code, stdout } = await outcome(['serve', '--help'])
    expect(code).toBe(0)
    const text = stdout.replace(/\s+/g, ' ')
    for (const { flag, unit, doc, env, initial, isSwitch } of SETTINGS) {
      const value = isSwitch ? `[${unit}]` : `<${unit}>`
      expect(text).toContain(`--${flag} ${value} ${doc} [${env}${initial === '' ? '' : `, default ${initial}`}]`)
    }
  })

  it('writes help without colours and without spaces at the ends of lines', async () => {
    const { stdout } = await outcome(['serve', '--help'])
    expect(stdout).not.toContain('\u001b')
    expect(stdout).not.toMatch(/ $/m)
  })

  it('--version prints the version', async () => {
    expect(await outcome(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('openapi prints the API document', async () => {
    const { code, stdout } = await outcome(['openapi'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^openapi: 3\.1\.0$/m)
  })

  it('refuses a command that does not exist and suggests one', async () => {
    const { code, stdout, stderr } = await outcome(['sevre'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(`tintype: unknown command 'sevre', did you mean serve?; "tintype --help" lists what it takes\n`)
  })

  it('prints the help without a command, and fails', async () => {
    const { code, stdout, stderr } = await outcome([])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^Usage: tintype/)
  })

  it('reports all mistakes in the settings at once, one per line, and does not start', async () => {
    const { code, stdout, stderr } = await outcome(['serve', '--port', 'http', '--background=white', '--storage='], {
      env: { WORKERS: '0', HOST: 'a b' },
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toEqual([
      'tintype: --port: expected a whole number from 0 to 65535, got "http"',
      'tintype: HOST: expected an address or a host name, such as 127.0.0.1, 0.0.0.0 or ::1, got "a b"',
      'tintype: --storage: expected the path of a folder, got nothing',
      'tintype: WORKERS: expected a whole number from 1 to 128, or the word cores, got "0"',
      'tintype: --background: expected a colour as #rrggbb, such as #ffffff, got "white"',
    ])
  })

  it('warns of mistakes in .env, and starts', async () => {
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, '.env'), 'PROT=9000\nBACKGROUND=#ff0000\nDB_HOST=x\n')
    const { code, stdout, stderr } = await outcome(['key', 'list'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain('no keys')
    expect(stderr.trimEnd().split('\n')).toEqual([
      'tintype: warning: BACKGROUND (in .env): an unquoted # begins a comment, so the value is empty; ' +
        'put it in quotes: BACKGROUND="#ff0000"',
      'tintype: warning: PROT (in .env): no such setting; did you mean PORT?',
    ])
  })
})
