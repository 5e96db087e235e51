import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { createCredentialSource } from '../../../../src/stores/s3/client/credentials.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'

afterEach(() => vi.unstubAllEnvs())

it('gives static keys as they are', async () => {
  const keys = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' }
  expect(await createCredentialSource(keys)()).toBe(keys)
})

it('finds keys where AWS programs find them, and says so where there are none', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'credentials')
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file)
  await expect(createCredentialSource()()).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'),
  })
  const other = join(folder, 'other')
  await writeFile(other, '[default]\naws_access_key_id = filed\naws_secret_access_key = secret\n')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', other)
  expect(await createCredentialSource()()).toMatchObject({ accessKeyId: 'filed', secretAccessKey: 'secret' })
})
