// Stores for tests of the doctor: made once, copied for each test.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imagesOver, picture, uploadPicture, withStore } from './doctor.ts'

export interface MadeStore {
  storageDir: string
  remove(): Promise<void>
}

/** Two small projects, with everything in their history that can happen to one. */
export const makeSmallStore = (): Promise<MadeStore> =>
  make(async (storageDir) =>
    withStore(storageDir, async (store) => {
      const images = imagesOver(store)
      const ids: string[] = []
      for (let number = 0; number < 5; number++)
        ids.push(await uploadPicture(images, 'shop', await picture(number, number === 3 ? 'png' : 'jpeg')))
      await store.commit('shop', { type: 'edit', title: 'Spring' })
      await store.commit('shop', { type: 'set_primary', imageId: ids[2] ?? '' })
      await store.commit('shop', { type: 'delete_image', imageId: ids[1] ?? '' })
      await store.commit('shop', { type: 'edit', imageOrder: [ids[4] ?? ''] })
      for (let number = 5; number < 8; number++) await uploadPicture(images, 'Other', await picture(number))
      await uploadPicture(images, 'gone', await picture(9))
      await store.commit('gone', { type: 'delete_project' })
    }),
  )

/** One project whose list is long enough for a run, and had another one before. */
export const makeLongStore = (): Promise<MadeStore> =>
  make(async (storageDir) =>
    withStore(storageDir, async (store) => {
      const images = imagesOver(store)
      const numbers = Array.from({ length: 133 }, (_, number) => number)
      for (let done = 0; done < numbers.length; done += 19)
        await Promise.all(
          numbers.slice(done, done + 19).map(async (number) => uploadPicture(images, 'long', await picture(number))),
        )
      const [, second, third] = (await images.list('long')).images
      await images.setPrimary('long', third?.id ?? '')
      await images.remove('long', second?.id ?? '')
      await store.commit('long', { type: 'edit', title: 'Long' })
    }),
  )

const make = async (fill: (storageDir: string) => Promise<void>): Promise<MadeStore> => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-doctor-'))
  const storageDir = join(folder, 'storage')
  await fill(storageDir)
  return { storageDir, remove: () => rm(folder, { recursive: true, force: true }) }
}
