// Image lists that are lost in part or whole, and their recovery.

import { createHash } from 'node:crypto'
import { appendFile, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { SIZES } from '../../../../../src/core/names.ts'
import { readHistory } from '../../../../../src/stores/file/doctor/read/history.ts'
import type { Paths } from '../../../../../src/stores/file/paths.ts'
import { newChance } from '../../../../support/chance.ts'
import { filesIn } from '../../../../support/disk/folder.ts'
import { numberedPicture } from '../../../../support/pictures/pictures.ts'
import {
  copyOf,
  examine,
  examineAlone,
  flip,
  imagesOver,
  inShort,
  listImages,
  seenIn,
  uploadPicture,
  withStore,
} from '../../../../support/store/doctor.ts'
import { longStore, smallStore } from '../../../../support/store/doctor-stores.ts'

let small: { storageDir: string }
let long: { storageDir: string }

beforeAll(async () => {
  small = await smallStore()
  long = await longStore()
})

/** Mends a store, and shows that nothing is left to mend. */
const mend = async (storageDir: string) => {
  const mended = await examineAlone(storageDir, { fix: true })
  expect(mended.remaining).toBe(0)
  expect(inShort(await examineAlone(storageDir))).toEqual([])
  return mended
}

const revisionOf = (storageDir: string, projectId: string) =>
  withStore(storageDir, async (store) => (await store.project(projectId))?.revision)

const newestPath = async (paths: Paths, projectId: string) =>
  paths.revision(projectId, (await readHistory(paths, projectId)).at(-1)?.number ?? 0)

describe('after a loss of all revisions', () => {
  it('the list is recovered from meta.json, with its number', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const [before, revision] = [await seenIn(storageDir, 'shop'), await revisionOf(storageDir, 'shop')]
    await rm(paths.meta('shop'), { recursive: true })
    const { findings } = await mend(storageDir)
    expect(findings).toMatchObject([{ kind: 'revisions_gone', done: expect.stringContaining('from meta.json') }])
    expect(await seenIn(storageDir, 'shop')).toEqual(before)
    expect(await revisionOf(storageDir, 'shop')).toBe(revision)
  })

  it('a long list is recovered from meta.json, with its segments', async () => {
    const { storageDir, paths } = await copyOf(long.storageDir)
    const before = await seenIn(storageDir, 'long')
    await rm(paths.meta('long'), { recursive: true })
    await mend(storageDir)
    expect(await seenIn(storageDir, 'long')).toEqual(before)
  })

  it('the list is rebuilt from the files in original/ in the order of their times, and lost variants are made again', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const before = await seenIn(storageDir, 'shop')
    const [impressions, png] = [await impressionsIn(storageDir), await pngOf(storageDir)]
    const wanted = before?.ids.toSorted() ?? []
    for (const [at, id] of wanted.entries()) {
      const time = new Date(Date.UTC(2026, 1, 1 + at))
      await utimes(paths.variant('shop', id, 'original'), time, time)
    }
    await rm(paths.meta('shop'), { recursive: true })
    await rm(paths.published('shop'))
    await rm(paths.variants('shop', 'thumb'), { recursive: true })
    await rm(paths.variant('shop', wanted[1] ?? '', 'medium'))
    const { findings } = await mend(storageDir)
    expect(findings).toMatchObject([{ kind: 'revisions_gone', done: expect.stringContaining('original/; 4 images') }])
    const after = await seenIn(storageDir, 'shop')
    expect(after).toMatchObject({ ids: wanted, primary: wanted[0], title: null })
    expect(after?.files).not.toContain('missing')
    const originals = (files: readonly string[] = []) => files.filter((_, at) => at % SIZES.length === 0).toSorted()
    expect(originals(after?.files)).toEqual(originals(before?.files))
    const images = await withStore(storageDir, (store) => listImages(store, 'shop'))
    expect(images.map(({ created_at }) => created_at.slice(0, 10))).toEqual(wanted.map((_, at) => `2026-02-0${1 + at}`))
    const jpegs = images.filter(({ id }) => id !== png).map(({ id }) => id)
    const rebuilt = await impressionsIn(storageDir)
    expect(jpegs).toHaveLength(3)
    for (const id of jpegs) {
      expect(rebuilt.get(id)?.placeholder).toMatch(/^\S+$/)
      expect(rebuilt.get(id)).toEqual(impressions.get(id))
    }
  })

  it('a file that is no picture is omitted from the list and moved to .lost, not removed', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const ids = (await seenIn(storageDir, 'shop'))?.ids ?? []
    await rm(paths.meta('shop'), { recursive: true })
    await rm(paths.published('shop'))
    await writeFile(paths.variant('shop', ids[0] ?? '', 'original'), 'no picture at all')
    await mend(storageDir)
    expect((await seenIn(storageDir, 'shop'))?.ids.toSorted()).toEqual(ids.slice(1).toSorted())
    const kept = (await filesIn(join(storageDir, '.lost'))).filter((path) => path.endsWith(`original/${ids[0]}.jpg`))
    expect(kept).toHaveLength(1)
    expect(await readFile(join(storageDir, '.lost', kept[0] ?? ''), 'utf8')).toBe('no picture at all')
  })

  it('a first upload that is under way or interrupted is not a lost project', async () => {
    const { storageDir } = await copyOf(small.storageDir)
    await withStore(storageDir, async (store) => {
      const stage = await store.stage('new')
      await stage.receive(
        (async function* () {
          yield await numberedPicture(1)
        })(),
      )
      for (const size of SIZES) await writeFile(stage.targets[size], await numberedPicture(1))
      await stage.publish()
      expect(inShort(await examine(storageDir, { fix: true }))).toEqual([])
      expect(await readdir(join(storageDir, 'projects', 'new', 'original'))).toHaveLength(1)
      await stage.discard()
    })
    expect(inShort(await examine(storageDir))).toEqual([])
  })
})

describe('after a loss of the newest revision and meta.json', () => {
  it('later images are found by their files, and deleted ones stay deleted', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const before = await seenIn(storageDir, 'shop')
    const [first = '', ...others] = before?.ids ?? []
    const added = await withStore(storageDir, async (store) => {
      await store.commit('shop', { type: 'delete_image', imageId: first })
      return uploadPicture(imagesOver(store), 'shop', await numberedPicture(40))
    })
    await flip(newChance(), await newestPath(paths, 'shop'), 100)
    await writeFile(paths.published('shop'), '{}')
    const { findings } = await mend(storageDir)
    expect(findings).toMatchObject([{ kind: 'revision_damaged', done: expect.stringContaining('1 images found') }])
    expect((await seenIn(storageDir, 'shop'))?.ids).toEqual([...others, added])
    expect((await seenIn(storageDir, 'shop'))?.title).toBe('Spring')
  })

  it('a project that was deleted stays deleted', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    await withStore(storageDir, (store) => store.commit('shop', { type: 'delete_project' }))
    const history = await readHistory(paths, 'shop')
    const chance = newChance()
    for (const { number } of history.slice(-2)) await flip(chance, paths.revision('shop', number), 100)
    await mend(storageDir)
    expect(await seenIn(storageDir, 'shop')).toBeUndefined()
  })

  it('a running server serves the recovered state', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const before = await seenIn(storageDir, 'shop')
    await withStore(storageDir, async (store) => {
      const newest = await newestPath(paths, 'shop')
      await rm(newest)
      // It takes the one before for the newest now, in which the order was another.
      expect((await store.images((await store.project('shop')) ?? never()))?.map(({ id }) => id)).not.toEqual(
        before?.ids,
      )
      expect(await examine(storageDir, { fix: true })).toMatchObject({ mended: 1, remaining: 0 })
      expect((await store.images((await store.project('shop')) ?? never()))?.map(({ id }) => id)).toEqual(before?.ids)
      await uploadPicture(imagesOver(store), 'shop', await numberedPicture(50))
    })
    expect(inShort(await examine(storageDir))).toEqual([])
  })
})

const never = (): never => {
  throw new Error('there is no such project')
}

describe('after a loss of several revisions', () => {
  it('a gap between older ones is closed, and no new one opens', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const before = await seenIn(storageDir, 'shop')
    for (const number of [2, 3, 5]) await rm(paths.revision('shop', number))
    await flip(newChance(), paths.revision('shop', 7))
    await mend(storageDir)
    expect(await seenIn(storageDir, 'shop')).toEqual(before)
    expect(
      await withStore(storageDir, async (store) => uploadPicture(imagesOver(store), 'shop', await numberedPicture(41))),
    ).toBeTruthy()
    expect(inShort(await examine(storageDir))).toEqual([])
  })

  it('a number that is far ahead does not lose the list', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const before = await seenIn(storageDir, 'shop')
    await writeFile(paths.revision('shop', 500), '')
    await mend(storageDir)
    expect(await seenIn(storageDir, 'shop')).toEqual(before)
    expect(await revisionOf(storageDir, 'shop')).toBe(501)
  })

  it('the newest ones are recovered from meta.json', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const [before, revision] = [await seenIn(storageDir, 'shop'), await revisionOf(storageDir, 'shop')]
    for (const { number } of (await readHistory(paths, 'shop')).slice(-3)) await rm(paths.revision('shop', number))
    await mend(storageDir)
    expect(await seenIn(storageDir, 'shop')).toEqual(before)
    expect(await revisionOf(storageDir, 'shop')).toBe(revision)
  })
})

describe('after a loss of a segment and meta.json', () => {
  it('the images of the segment are found by their files, in the order of their uploads', async () => {
    const { storageDir, paths } = await copyOf(long.storageDir)
    const before = await seenIn(storageDir, 'long')
    const head = (await readHistory(paths, 'long')).at(-1)?.revision
    await rm(paths.segment('long', head?.state.images.segments[0]?.stored?.id ?? ''))
    for (const name of await readdir(paths.segments('long'))) await rm(join(paths.segments('long'), name))
    await rm(paths.published('long'))
    await examine(storageDir, { fix: true })
    expect(inShort(await examine(storageDir))).toEqual([])
    const after = await seenIn(storageDir, 'long')
    expect(after?.ids.toSorted()).toEqual(before?.ids.toSorted())
    expect(after?.title).toBe('Long')
    const images = await withStore(storageDir, (store) => listImages(store, 'long'))
    const times = images.map(({ created_at }) => created_at).slice(0, head?.state.images.segments[0]?.count)
    expect(times).toEqual(times.toSorted())
    expect(after?.primary).toBe(before?.primary)
  })
})

describe('meta.json', () => {
  it('that was edited is written again, and the edited file is kept', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const text = await readFile(paths.published('shop'), 'utf8')
    const edited = text.replace('Spring', 'Summer')
    await writeFile(paths.published('shop'), edited)
    const { findings } = await mend(storageDir)
    expect(findings).toMatchObject([{ kind: 'meta_differs', path: 'projects/shop/meta.json' }])
    expect(await readFile(paths.published('shop'), 'utf8')).toBe(text)
    const [kept = ''] = await filesIn(join(storageDir, '.lost'))
    expect(await readFile(join(storageDir, '.lost', kept), 'utf8')).toBe(edited)
  })

  it('with another number only, or an additional line, is not used as a newer list', async () => {
    for (const edit of [
      (text: string) => text.replace(/"revision": \d+/, '"revision": 99'),
      (text: string) => `${text}\n`,
    ]) {
      const { storageDir, paths } = await copyOf(small.storageDir)
      const [text, revision] = [await readFile(paths.published('shop'), 'utf8'), await revisionOf(storageDir, 'shop')]
      await writeFile(paths.published('shop'), edit(text))
      const { findings } = await mend(storageDir)
      expect(findings).toMatchObject([{ kind: 'meta_differs' }])
      expect(await revisionOf(storageDir, 'shop')).toBe(revision)
    }
  })

  it('that is behind is distinguished from one that was edited', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const text = await readFile(paths.published('shop'), 'utf8')
    await withStore(storageDir, (store) => store.commit('shop', { type: 'edit', title: 'Autumn' }))
    await writeFile(paths.published('shop'), text)
    const { findings } = await mend(storageDir)
    expect(findings).toMatchObject([{ kind: 'meta_behind' }])
    expect(await readFile(paths.published('shop'), 'utf8')).toContain('Autumn')
  })

  it('replaced by a folder is written again', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    await rename(paths.published('shop'), join(storageDir, 'elsewhere'))
    await rename(paths.variants('gone', 'thumb'), paths.published('shop'))
    expect((await mend(storageDir)).findings).toMatchObject([{ kind: 'meta_differs' }])
  })
})

describe('a record that differs from its file', () => {
  it('is corrected, and the file is not changed', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const [first] = await withStore(storageDir, (store) => listImages(store, 'shop'))
    if (!first) return never()
    const wrong = { ...first, width: 7, sizes: { ...first.sizes, thumb: { ...first.sizes.thumb, height: 3 } } }
    const bytes = await readFile(paths.variant('shop', first.id, 'thumb'))
    await withStore(storageDir, (store) => store.commit('shop', { type: 'replace_image', image: wrong }))
    const { findings } = await mend(storageDir)
    expect(findings.map(({ kind }) => kind)).toEqual(['record_differs', 'record_differs'])
    const [mended] = await withStore(storageDir, (store) => listImages(store, 'shop'))
    expect(mended).toEqual(first)
    expect(await readFile(paths.variant('shop', first.id, 'thumb'))).toEqual(bytes)
  })

  it('without a placeholder, of an older store, is no damage; it gets one when a variant is made again', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    const [first] = await withStore(storageDir, (store) => listImages(store, 'shop'))
    if (!first) return never()
    const { placeholder, color, ...older } = first
    await withStore(storageDir, (store) => store.commit('shop', { type: 'replace_image', image: older }))
    expect(inShort(await examine(storageDir, { fix: true }))).toEqual([])
    expect((await impressionsIn(storageDir)).get(first.id)).toEqual({ placeholder: undefined, color: undefined })
    await rm(paths.variant('shop', first.id, 'thumb'))
    await mend(storageDir)
    expect((await impressionsIn(storageDir)).get(first.id)).toEqual({ placeholder, color })
  })

  it('is updated with a variant that was made again with other bytes', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    await appendFile(paths.variant('shop', (await pngOf(storageDir)) ?? '', 'medium'), 'x')
    const { findings } = await mend(storageDir)
    expect(findings).toMatchObject([
      { kind: 'variant_damaged', done: 'made again from original, with other bytes than before' },
    ])
  })
})

const impressionsIn = async (storageDir: string) => {
  const images = await withStore(storageDir, (store) => listImages(store, 'shop'))
  return new Map(images.map(({ id, placeholder, color }) => [id, { placeholder, color }]))
}

/** The image that was uploaded as PNG: the hash of its upload is not that of any of its files, nor would be of a JPEG. */
const pngOf = async (storageDir: string): Promise<string | undefined> => {
  const png = await numberedPicture(3, 'png')
  const sha256 = createHash('sha256').update(png).digest('hex')
  const images = await withStore(storageDir, (store) => listImages(store, 'shop'))
  return images.find((image) => image.sha256 === sha256)?.id
}
