import { describe, expect, it } from 'vitest'
import { explainNpmFlags } from '../../src/config/npm-flags.ts'

const START = { npm_lifecycle_event: 'start', npm_package_name: 'tintype', npm_config_cache: '/root/.npm' }

describe('flags that npm took', () => {
  it.each([
    [['9000'], { npm_config_port: 'true' }, '--port', 'npm start -- --port 9000'],
    [[], { npm_config_port: '9000' }, '--port', 'npm start -- --port 9000'],
    [[], { npm_config_read_only: 'true' }, '--read-only', 'npm start -- --read-only'],
    [[], { npm_config_max_upload_bytes: 'true' }, '--max-upload-bytes', 'npm start -- --max-upload-bytes <bytes>'],
    [['secret-of-keys'], { npm_config_api_keys: 'true' }, '--api-keys', 'npm start -- --api-keys <keys>'],
    [
      ['9000', './a'],
      { npm_config_port: 'true', npm_config_storage: 'true' },
      '--port and --storage',
      'npm start -- --port <port> --storage <folder>',
    ],
  ])('with the arguments %j and %j are named, with the command that passes them on', (args, env, names, command) => {
    expect(explainNpmFlags(args, { ...START, ...env })).toBe(
      `npm took ${names} for itself; put "--" before the flags of the server: ${command}`,
    )
  })

  it('are none where npm took none, in other scripts, and in other packages', () => {
    const env = { ...START, npm_config_port: 'true' }
    expect(explainNpmFlags([], START)).toBeUndefined()
    expect(explainNpmFlags([], { ...env, npm_lifecycle_event: 'dev' })).toBeUndefined()
    expect(explainNpmFlags([], { ...env, npm_package_name: 'shop' })).toBeUndefined()
    expect(explainNpmFlags([], { npm_config_port: 'true' })).toBeUndefined()
  })
})
