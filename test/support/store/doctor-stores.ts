// Stores for tests of the doctor: made once in a process, copied for each test.

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SIZES } from '../../../src/core/names.ts'
import { numberedPicture, targetsIn } from '../pictures/pictures.ts'
import { encode, imagesOver, listImages, uploadPicture, withStore } from './doctor.ts'

export interface MadeStore {
  storageDir: string
  remove(): Promise<void>
}

/** A store for copies; removed with the temporary files of the whole run. */
type Copied = Pick<MadeStore, 'storageDir'>

let small: Promise<Copied> | undefined
let long: Promise<Copied> | undefined

/** Two small projects, with everything in their history that can happen to one. */
export const smallStore = (): Promise<Copied> => {
  small ??= makeSmallStore()
  return small
}

/** One project whose list is long enough for a segment, and had another one before. Many pictures are the same. */
export const longStore = (): Promise<Copied> => {
  long ??= makeLongStore()
  return long
}

const makeSmallStore = (): Promise<MadeStore> =>
  makeStore(async (storageDir) =>
    withStore(storageDir, async (store) => {
      const images = imagesOver(store)
      const ids: string[] = []
      for (let number = 0; number < 5; number++)
        ids.push(await uploadPicture(images, 'shop', await numberedPicture(number, number === 3 ? 'png' : 'jpeg')))
      await store.commit('shop', { type: 'edit', title: 'Spring' })
      await store.commit('shop', { type: 'set_primary', imageId: ids[2] ?? '' })
      await store.commit('shop', { type: 'delete_image', imageId: ids[1] ?? '' })
      await store.commit('shop', { type: 'edit', imageOrder: [ids[4] ?? ''] })
      for (let number = 5; number < 8; number++) await uploadPicture(images, 'Other', await numberedPicture(number))
      await uploadPicture(images, 'gone', await numberedPicture(9))
      await store.commit('gone', { type: 'delete_project' })
    }),
  )

const makeLongStore = (): Promise<MadeStore> =>
  makeStore(async (storageDir) =>
    withStore(storageDir, async (store) => {
      const few = await Promise.all(Array.from({ length: 7 }, (_, number) => numberedPicture(number)))
      const images = imagesOver(store, await encoderOf(few, `${storageDir}-encoded`))
      for (let batch = 0; batch < 7; batch++)
        await Promise.all([...few, ...few, ...few].slice(2).map((bytes) => uploadPicture(images, 'long', bytes)))
      const [, second, third] = await listImages(store, 'long')
      await images.setPrimary('long', third?.id ?? '')
      await images.remove('long', second?.id ?? '')
      await store.commit('long', { type: 'edit', title: 'Long' })
    }),
  )

export const makeStore = async (fill: (storageDir: string) => Promise<void>): Promise<MadeStore> => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-doctor-'))
  const storageDir = join(folder, 'storage')
  await fill(storageDir)
  return { storageDir, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Encodes a few pictures, and gives copies of their files to everyone who uploads one of them. */
const encoderOf = async (pictures: readonly Buffer[], folder: string): Promise<typeof encode> => {
  const made = await Promise.all(
    pictures.map(async (bytes, at) => {
      const own = join(folder, `${at}`)
      await mkdir(own, { recursive: true })
      const [source, targets] = [join(own, 'upload'), targetsIn(own)]
      await writeFile(source, bytes)
      return { bytes, targets, encoded: await encode({ source, targets }) }
    }),
  )
  return async ({ source, targets }) => {
    const bytes = await readFile(source)
    const found = made.find((each) => each.bytes.equals(bytes))
    if (!found) throw new Error('expected one of the pictures')
    for (const size of SIZES) await copyFile(found.targets[size], targets[size])
    return found.encoded
  }
}
