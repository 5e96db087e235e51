// `tintype user`: the first account of a store, and what an operator does with the others.

import { describe, expect, it } from 'vitest'
import { createTestAccounts } from '../../support/auth/accounts.ts'
import { filesIn } from '../../support/disk/folder.ts'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { runTintype } from '../../support/processes/tintype.ts'

const EMAIL = 'ada@example.com'

/** In this process, but for one that reads its standard input. */
const run = async (storageDir: string, args: readonly string[], input?: string) => {
  if (input === undefined) return runCliHere(['user', ...args, '--storage', storageDir])
  const { ended, stdout, stderr } = await runTintype(['user', ...args, '--storage', storageDir], { input })
  return { code: await ended, stdout: stdout(), stderr: stderr() }
}

const passwordIn = (text: string): string => /^password: (\S{20})$/m.exec(text)?.[1] ?? ''

describe('tintype user', () => {
  it('creates an account with a password that it prints once, and lists it', async () => {
    const { accounts, storageDir } = await createTestAccounts('closed')
    const made = await run(storageDir, ['create', EMAIL, '--name', 'Ada'])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const { user } = await accounts.signIn({ email: EMAIL, password: passwordIn(made.stdout) })
    expect(user.name).toBe('Ada')
    const listed = await run(storageDir, ['list'])
    expect(listed.stdout).toBe(`${user.id}  ${EMAIL}  ${user.created_at}  Ada\n`)
    const again = await run(storageDir, ['create', EMAIL])
    expect(again).toMatchObject({ code: 1, stderr: 'tintype: There is an account with this e-mail address.\n' })
  })

  it('reads a password from standard input, and does not print it', async () => {
    const { accounts, storageDir } = await createTestAccounts('closed')
    const made = await run(storageDir, ['create', EMAIL, '--password-stdin'], 'typed by a person\n')
    expect(made.code).toBe(0)
    expect(made.stdout).not.toContain('password')
    await accounts.signIn({ email: EMAIL, password: 'typed by a person' })
    const short = await run(storageDir, ['password', EMAIL, '--password-stdin'], 'short\n')
    expect(short).toMatchObject({
      code: 1,
      stderr: 'tintype: expected a password of 10 to 200 characters on standard input\n',
    })
  })

  it('disables an account and changes its password while a server runs, which ends its sessions', async () => {
    const { accounts, storageDir } = await createTestAccounts('open')
    const password = 'correct horse battery'
    const { accessToken } = await accounts.register({ email: EMAIL, password })
    expect((await run(storageDir, ['disable', EMAIL])).stdout).toBe(`${EMAIL} is disabled\n`)
    expect(await accounts.sessionOf(accessToken)).toBeUndefined()
    await expect(accounts.signIn({ email: EMAIL, password })).rejects.toThrow('Expected an e-mail address')
    expect((await run(storageDir, ['list'])).stdout).toContain('  disabled')

    expect((await run(storageDir, ['enable', EMAIL])).code).toBe(0)
    expect(await accounts.sessionOf(accessToken)).toBeUndefined()
    const back = await accounts.signIn({ email: EMAIL, password })

    const given = await run(storageDir, ['password', EMAIL])
    expect(await accounts.sessionOf(back.accessToken)).toBeUndefined()
    await accounts.signIn({ email: EMAIL, password: passwordIn(given.stdout) })
  })

  it('creates an invitation that can be used once', async () => {
    const { accounts, storageDir } = await createTestAccounts('invite')
    const invited = await run(storageDir, ['invite', '--email', EMAIL, '--expires', '1h'])
    expect(invited.stderr).toContain('REGISTRATION=invite')
    const invite = invited.stdout.trim()
    expect(invite).toMatch(/^tti_[0-9a-z]{26}$/)
    // The clock of these accounts stands before the one of the command, so the invitation is good.
    const registered = await accounts.register({ email: EMAIL, password: 'correct horse battery', invite })
    expect(registered.user.email).toBe(EMAIL)
    await expect(
      accounts.register({ email: 'b@example.com', password: 'correct horse battery', invite }),
    ).rejects.toThrow('The invitation is unknown')
  })

  it('explains an error in one line, and changes nothing', async () => {
    const { storageDir } = await createTestAccounts('closed')
    const cases = [
      [['create', 'ada'], 'expected an e-mail address, got "ada"'],
      [['create', EMAIL, '--password', 'hunter2hunter2'], "unknown option '--password'"],
      [['create', EMAIL, 'Ada'], 'too many arguments'],
      [['create', EMAIL, '--name', '\u001b[2J'], '--name: expected 1 to 100 characters'],
      [['disable', EMAIL], `There is no user with the address "${EMAIL}"`],
      [['invite', '--expires', 'soon'], '--expires: expected a time'],
    ] as const
    for (const [args, message] of cases) {
      const { code, stderr } = await run(storageDir, args)
      expect(code, args.join(' ')).toBe(1)
      expect(stderr).toContain(message)
      expect(stderr.trim().split('\n')).toHaveLength(1)
    }
    expect((await filesIn(storageDir)).filter((file) => !file.includes('.tmp'))).toEqual([])
  })
})
