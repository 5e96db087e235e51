// `tintype sign`, and what is wrong with the settings of transforms.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { signUrl } from '../../../src/index.ts'
import { runTintype } from '../../support/processes/tintype.ts'

const KEY = 'a key for tests only, 123'.replace(',', '')
const URL_PATH = '/projects/demo/images/4f0z6k1m9q2w8e5r7t3y/render?w=320'

describe('tintype sign', () => {
  it('prints the URL that the library signs', async () => {
    const { ended, stdout } = await runTintype(['sign', URL_PATH], { env: { SIGNING_KEYS: KEY } })
    expect(await ended).toBe(0)
    expect(stdout()).toBe(`${signUrl(URL_PATH, { keys: [KEY] })}\n`)
  })

  it('signs with an expiry', async () => {
    const { ended, stdout } = await runTintype(['sign', URL_PATH, '--expires', '1h'], { env: { SIGNING_KEYS: KEY } })
    expect(await ended).toBe(0)
    const seconds = Number(/exp=(\d+)/.exec(stdout())?.[1]) - Date.now() / 1000
    expect(seconds).toBeGreaterThan(3000)
    expect(seconds).toBeLessThanOrEqual(3600)
  })

  it('prints nothing where a flag is misspelt, and suggests the right one', async () => {
    const run = await runTintype(['sign', URL_PATH, '--expire=15m'], { env: { SIGNING_KEYS: KEY } })
    expect(await run.ended).toBe(1)
    expect(run.stdout()).toBe('')
    expect(run.stderr()).toBe(
      'tintype: unknown option \'--expire\', did you mean --expires?; "tintype sign --help" lists what it takes\n',
    )
  })

  it('explains an error in one line', async () => {
    const cases = [
      [{}, [URL_PATH], 'SIGNING_KEYS'],
      [{ SIGNING_KEYS: KEY }, ['/health'], '/projects/'],
      [{ SIGNING_KEYS: KEY }, [URL_PATH, '--expires', 'soon'], '--expires'],
      [{ SIGNING_KEYS: KEY }, [URL_PATH.replace('320', '0')], 'w: expected'],
    ] as const
    for (const [env, args, message] of cases) {
      const { ended, stderr } = await runTintype(['sign', ...args], { env })
      expect(await ended).toBe(1)
      expect(stderr()).toContain(message)
      expect(stderr().trim().split('\n')).toHaveLength(1)
    }
  })
})

describe('settings of transforms', () => {
  it('report each mistake of a preset, and never print a key', () => {
    const env = { PRESETS: 'card:w=0;hero:blur=1', SIGNING_KEYS: 'hunter2' }
    const mistakes = () => loadConfig({ env, envFile: false })
    expect(mistakes).toThrow(/"card".*w: expected/)
    expect(mistakes).toThrow(/"hero".*blur/)
    expect(mistakes).toThrow(/SIGNING_KEYS: expected keys of at least 16/)
    expect(mistakes).not.toThrow(/hunter2/)
  })
})
