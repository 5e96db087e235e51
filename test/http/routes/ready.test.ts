import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTintype } from '../../../src/index.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { silent } from '../../support/store/file-store.ts'

describe('an app that is used before it is ready', () => {
  it('answers its first request once the store is open', async () => {
    const tintype = createTintype({ storageDir: join(await temporaryFolder(), 'storage'), log: silent })
    const response = await tintype.app.request('/ready')
    expect(response.status).toBe(200)
    await tintype.close()
  })

  it('answers 503 where the store could not be opened, without its path', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    const tintype = createTintype({ storageDir: join(folder, 'file', 'storage'), log: silent })
    const response = await tintype.app.request('/projects')
    expect(response.status).toBe(503)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'store_unavailable' })
    expect(text).not.toContain(folder)
    await expect(tintype.ready).rejects.toMatchObject({ code: 'store_unavailable' })
    await tintype.close()
  })
})
