// The command line without a server: help, version, and what is refused.

import { describe, expect, it } from 'vitest'
import { SETTINGS } from '../../src/config/load.ts'
import { version } from '../../src/version.ts'
import { type RunOptions, runTintype } from '../support/processes/tintype.ts'

const outcome = async (args: readonly string[], options?: RunOptions) => {
  const run = await runTintype(args, options)
  return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() }
}

describe('tintype', () => {
  it('--help names the commands', async () => {
    const { code, stdout, stderr } = await outcome(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^ +serve +Serves a storage folder/m)
    expect(stdout).toMatch(/^ +openapi +Prints the OpenAPI document/m)
  })

  it('serve --help explains every setting with its flag, its name in the environment and its default', async () => {
    const { code, stdout } = await outcome(['serve', '--help'])
    expect(code).toBe(0)
    for (const { flag, unit, doc, env, initial } of SETTINGS)
      expect(stdout).toMatch(line(`--${flag}=<${unit}>`, `${doc} [${env}] (Default: ${initial})`))
  })

  it('writes help without colours where nobody looks at a terminal', async () => {
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

  it('refuses a command that does not exist and names those that do', async () => {
    const { code, stdout, stderr } = await outcome(['sevre'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^tintype: expected a command \(serve, [a-z, ]+\), got "sevre"; "tintype --help" explains them\n$/,
    )
  })

  it('without a command shows what there is, and fails', async () => {
    const { code, stdout, stderr } = await outcome([])
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'No command specified.\n' })
    expect(stdout).toMatch(/USAGE tintype/)
  })

  it('says all mistakes in the settings at once, one a line, and serves nothing', async () => {
    const flags = ['--prot', '9000', '--port', 'http', '--background=white']
    const { code, stdout, stderr } = await outcome(['serve', ...flags], { env: { WORKERS: '0', HOST: 'a b' } })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toEqual([
      'tintype: --prot: no such flag, did you mean --port?',
      'tintype: --port: expected a whole number from 0 to 65535, got "http"',
      'tintype: HOST: expected an address or a host name, such as 127.0.0.1, 0.0.0.0 or ::1, got "a b"',
      'tintype: WORKERS: expected a whole number from 1 to 128, or the word cores, got "0"',
      'tintype: --background: expected a colour as #rrggbb, such as #ffffff, got "white"',
    ])
  })
})

const line = (flag: string, explanation: string): RegExp => {
  const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^ *${literally(flag)} +${literally(explanation)}$`, 'm')
}
