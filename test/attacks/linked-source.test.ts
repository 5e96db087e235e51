// A symbolic link in place of the folder of sources, which is made with the first of them: it leads nothing out of the store.

import { mkdir, readdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createPaths } from '../../src/stores/file/paths.ts'
import { createTestApp, problemOf, uploadTo } from '../support/app.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { sprite } from '../support/pictures/pictures.ts'
import { examineAlone, inShort } from '../support/store/doctor.ts'
import { formOf } from '../support/upload.ts'

it.each(['with a source', 'without one yet'])(
  'a project %s is refused, and the doctor names the link',
  async (when) => {
    const { app, storageDir } = await createTestApp()
    const paths = createPaths(storageDir)
    const folder = paths.variants('shop', 'source')
    const outside = join(await temporaryFolder(), 'outside')
    const png = await sprite().png().toBuffer()
    const { image_id: id } = await uploadTo(app, 'shop', when === 'with a source' ? png : undefined)
    if (when === 'with a source') await rename(folder, outside)
    else await mkdir(outside)
    const before = await readdir(outside)
    await symlink(outside, folder)

    const upload = app.request('/projects/shop/images', { method: 'POST', body: formOf(png) })
    expect(await problemOf(upload)).toMatchObject({ code: 'project_damaged' })
    const render = app.request(`/projects/shop/images/${id}/thumb.webp`)
    expect(await problemOf(render)).toMatchObject({ code: 'project_damaged' })
    await app.request(`/projects/shop/images/${id}`, { method: 'DELETE' })
    expect(await readdir(outside)).toEqual(before)
    expect(inShort(await examineAlone(storageDir, { fix: true }))).toContain(
      'odd_entry projects/shop/source unmendable',
    )
    expect(await readdir(outside)).toEqual(before)
  },
)
