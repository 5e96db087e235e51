// Strictness, errors and help of every command.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { runCliHere } from '../support/processes/cli-here.ts'

/** Every command, with the arguments that it requires. */
const COMMANDS: readonly (readonly [path: string, required: readonly string[]])[] = [
  ['serve', []],
  ['doctor', []],
  ['import', ['photos']],
  ['export', ['demo', 'folder']],
  ['pull', ['demo', 'folder']],
  ['copy', ['from', 'to']],
  ['key create', ['--name', 'me']],
  ['key list', []],
  ['key revoke', ['000000000000']],
  ['user create', ['a@example.com']],
  ['user list', []],
  ['user disable', ['a@example.com']],
  ['user enable', ['a@example.com']],
  ['user password', ['a@example.com']],
  ['user invite', []],
  ['sign', ['/projects/demo/images/x/render?w=320']],
  ['openapi', []],
]

const GROUPS = ['', 'key', 'user']

const words = (path: string): string[] => path.split(' ').filter((word) => word !== '')

describe.each(COMMANDS)('tintype %s', (path, required) => {
  const refused = (message: string) => ({
    code: 1,
    stdout: '',
    stderr: `tintype: ${message}; "tintype ${path} --help" lists what it takes\n`,
  })

  it('refuses an option that it does not have', async () => {
    const refusal = refused("unknown option '--frobnicate'")
    for (const option of ['--frobnicate', '--frobnicate=hunter2'])
      expect(await runCliHere([...words(path), ...required, option])).toEqual(refusal)
  })

  it('refuses a surplus argument', async () => {
    const { code, stdout, stderr } = await runCliHere([...words(path), ...required, 'surplus'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^tintype: too many arguments for '[a-z]+'\. Expected \d arguments? but got \d; "tintype/)
  })
})

describe.each(COMMANDS.filter(([, required]) => required.length > 0))('tintype %s', (path) => {
  it('refuses to run without its required options and arguments', async () => {
    const { code, stdout, stderr } = await runCliHere(words(path))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^tintype: (missing required argument '[a-z]+'|required option '--name <name>' not specified); /,
    )
  })
})

describe('tintype key create', () => {
  it('suggests a name for a misspelt option before it requires another', async () => {
    const { stderr } = await runCliHere(['key', 'create', '--nam', 'website'])
    expect(stderr).toContain("unknown option '--nam', did you mean --name?")
  })
})

describe.each([...GROUPS, ...COMMANDS.map(([path]) => path)])('the help of tintype %s', (path) => {
  afterEach(() => vi.unstubAllEnvs())

  it.each([undefined, 80, 200])('fits 80 columns where the terminal has %s', async (columns) => {
    vi.stubEnv('COLUMNS', columns === undefined ? undefined : String(columns))
    const before = process.stdout.columns
    Object.assign(process.stdout, { columns })
    const { code, stdout, stderr } = await runCliHere([...words(path), '--help']).finally(() =>
      Object.assign(process.stdout, { columns: before }),
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: tintype/)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})

describe('tintype help', () => {
  it.each([
    ['help', '--help'],
    ['help sign', 'sign --help'],
    ['help key', 'key --help'],
    ['help key create', 'key create --help'],
    ['key help create', 'key create --help'],
    ['help help', '--help'],
  ])('"tintype %s" prints what "tintype %s" prints', async (asked, usual) => {
    const printed = await runCliHere(words(asked))
    expect(printed).toMatchObject({ code: 0, stderr: '' })
    expect(printed).toEqual(await runCliHere(words(usual)))
  })

  it('is listed, and refuses a command that does not exist', async () => {
    expect((await runCliHere(['--help'])).stdout).toMatch(/^ {2}help \[command\] +Print the help of a command$/m)
    const { code, stderr } = await runCliHere(['help', 'sgin'])
    expect(code).toBe(1)
    expect(stderr).toContain("tintype: unknown command 'sgin', did you mean sign?")
    expect((await runCliHere(['help', 'key', 'creat'])).stderr).toContain(
      "unknown command 'creat', did you mean create?",
    )
  })
})

describe('a group of commands', () => {
  it.each(GROUPS)('tintype %s prints its help on standard error and fails', async (path) => {
    const { code, stdout, stderr } = await runCliHere(words(path))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^Usage: tintype/)
  })

  it.each([
    [['key', 'lst'], "unknown command 'lst', did you mean list?"],
    [['user', 'crate'], "unknown command 'crate', did you mean create?"],
    [['sevre'], "unknown command 'sevre', did you mean serve?"],
    [['key', 'create', '--name', 'x', '--rolle=y'], "unknown option '--rolle', did you mean --role?"],
    [['sign', '/projects/a', '--expire=15m'], "unknown option '--expire', did you mean --expires?"],
    [['serve', '--prot', '9000'], "unknown option '--prot', did you mean --port?"],
    [['serve', '--storage-dir', 'x'], "unknown option '--storage-dir'"],
    [['serve', '--encoder', '1'], "unknown option '--encoder', did you mean --encoders?"],
    [['serve', '--port'], "option '--port <port>' argument missing"],
    [['serve', '-p', '1'], "unknown option '-p'"],
  ])('suggests the nearest name for %j', async (args, message) => {
    const { code, stderr } = await runCliHere(args)
    expect(code).toBe(1)
    expect(stderr).toContain(`tintype: ${message}`)
  })
})
