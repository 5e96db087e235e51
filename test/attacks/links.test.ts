// Symbolic links and pipes planted in the store: they are never followed.

import { execFileSync } from 'node:child_process'
import { lstatSync } from 'node:fs'
import { mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SIZES } from '../../src/core/names.ts'
import { uploadSchema } from '../../src/http/schemas/images/images.ts'
import { KEYS } from '../support/attacks/attacked-server.ts'
import { leaksOf } from '../support/attacks/raw.ts'
import { keyHeader, signedPath } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { until } from '../support/processes/processes.ts'
import { serve } from '../support/processes/tintype.ts'
import { formOf } from '../support/upload.ts'

const ADMIN = keyHeader(KEYS.admin)

/** What a picture is on the disk is what is sent. */
const WITHOUT_MEMORY = { CACHE_BYTES: '1' }

describeAttacks(
  'planted links',
  (attacked) => {
    const upload = async (projectId: string) =>
      attacked().target.ask(`/projects/${projectId}/images`, {
        method: 'POST',
        headers: ADMIN,
        body: formOf(await smallPhoto()),
      })

    /** A project of one image whose four files are something else by now. */
    const plantPictures = async (projectId: string, plant: (path: string) => unknown): Promise<string> => {
      const { storageDir } = attacked().target
      const { image_id } = uploadSchema.parse(await (await upload(projectId)).json())
      for (const size of SIZES) {
        const path = join(storageDir, 'projects', projectId, size, `${image_id}.jpg`)
        await rm(path)
        await plant(path)
      }
      return image_id
    }

    /** Every way to ask for a picture. */
    const answersFor = async (projectId: string, imageId: string): Promise<string[]> => {
      const { ask } = attacked().target
      const image = `/projects/${projectId}/images/${imageId}`
      const cover = `/projects/${projectId}`
      const byName = [...SIZES.map((size) => `${image}?size=${size}`), `${image}/thumb.webp`, `${image}/game.jpg`]
      const made = signedPath(`${image}/render?w=40&format=webp`)
      return Promise.all(
        [...byName, made, `${cover}/thumbnail`, `${cover}/cover.jpg`, `${cover}/cover.webp`].map(async (path) => {
          const answer = await ask(path)
          expect(leaksOf(await answer.text()), path).toEqual([])
          return `${path.replace(/\?.*/, '')} ${answer.status}`
        }),
      )
    }

    /** A cover without its file says that the project is damaged. */
    const unrefused = (answers: readonly string[]) => answers.filter((answer) => !/ (404|500)$/.test(answer))

    it('in place of pictures are not followed, and a deletion removes the links alone', async () => {
      const { ask, folder, storageDir } = attacked().target
      const secret = join(folder, 'beside', 'secret.jpg')
      const imageId = await plantPictures('linked', (path) => symlink(secret, path))
      expect(unrefused(await answersFor('linked', imageId))).toEqual([])
      expect((await ask(`/projects/linked/images/${imageId}`, { method: 'DELETE', headers: ADMIN })).status).toBe(200)
      expect(await readdir(join(storageDir, 'projects', 'linked', 'thumb'))).toEqual([])
    })

    it('and named pipes in place of pictures block no request', async () => {
      const imageId = await plantPictures('piped', (path) => execFileSync('mkfifo', [path]))
      // More often than there are threads that could wait for the other end of a pipe.
      for (let round = 0; round < 3; round++) expect(unrefused(await answersFor('piped', imageId))).toEqual([])
      await attacked().honest.goesOn(7)
      expect((await attacked().target.ask('/projects/piped', { method: 'DELETE', headers: ADMIN })).status).toBe(200)
    })

    it('in place of a folder of a project move no file out of the store', async () => {
      const { folder, storageDir } = attacked().target
      const beside = join(folder, 'beside')
      expect((await upload('half')).status).toBe(201)
      const size = join(storageDir, 'projects', 'half', 'thumb')
      await rm(size, { recursive: true })
      for (const [link, projectId] of [
        [size, 'half'],
        [join(storageDir, 'projects', 'whole'), 'whole'],
      ] as const) {
        await symlink(beside, link)
        const answer = await upload(projectId)
        expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('project_damaged')])
        expect([await readlink(link), await readdir(beside)]).toEqual([beside, ['secret.jpg']])
        await rm(link)
      }
      await rm(join(storageDir, 'projects', 'half'), { recursive: true })
    })

    it('in place of a project do not give access to another one', async () => {
      const { ask, storageDir } = attacked().target
      const link = join(storageDir, 'projects', 'twin')
      await symlink(join(storageDir, 'projects', 'closed'), link)
      for (const path of ['', '/images', '/thumbnail']) {
        for (const [headers, status] of [
          [{}, 404],
          [ADMIN, 500],
        ] as const) {
          const answer = await ask(`/projects/twin${path}`, { headers })
          expect([answer.status, leaksOf(await answer.text())]).toEqual([status, []])
        }
      }
      const body = JSON.stringify({ title: 'mine' })
      const init = { method: 'PATCH', headers: { ...ADMIN, 'Content-Type': 'application/json' }, body }
      expect((await ask('/projects/twin', init)).status).toBe(500)
      await rm(link)
    })

    it('in place of meta.json are replaced, and their target is unchanged', async () => {
      const { folder, storageDir } = attacked().target
      expect((await upload('published')).status).toBe(201)
      const path = join(storageDir, 'projects', 'published', 'meta.json')
      await rm(path)
      await symlink(join(folder, 'beside', 'secret.jpg'), path)
      expect((await upload('published')).status).toBe(201)
      expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ project_id: 'published', revision: 2 })
    })

    it('in .cache and .tmp are removed without their target', async () => {
      const { ask, storageDir, folder } = attacked().target
      const { image_id } = uploadSchema.parse(await (await upload('cached')).json())
      await mkdir(join(storageDir, '.cache', 'cached'), { recursive: true })
      await symlink(join(folder, 'beside'), join(storageDir, '.cache', 'cached', image_id))
      expect((await ask(`/projects/cached/images/${image_id}`, { method: 'DELETE', headers: ADMIN })).status).toBe(200)
      expect(await readdir(join(folder, 'beside'))).toEqual(['secret.jpg'])

      // A server sweeps at its start.
      const own = await temporaryFolder()
      await mkdir(join(own, 'beside', 'left@shop'), { recursive: true })
      for (const kept of ['a.jpg', 'left@shop/b.jpg']) await writeFile(join(own, 'beside', kept), 'kept')
      await mkdir(join(own, 'storage', '.tmp'), { recursive: true })
      await symlink(join(own, 'beside'), join(own, 'storage', '.tmp', 'planted'))
      await serve(['--storage', join(own, 'storage')])
      await until(() => !existsLink(join(own, 'storage', '.tmp', 'planted')))
      const left = await readdir(join(own, 'beside'), { recursive: true })
      expect(left.sort()).toEqual(['a.jpg', 'left@shop', 'left@shop/b.jpg'])
    })
  },
  { env: async () => WITHOUT_MEMORY },
)

const existsLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined
