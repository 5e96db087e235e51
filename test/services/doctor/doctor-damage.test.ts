// Each kind of file with each kind of damage, one at a time: always found, and repaired where possible.

import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { SIZES, type Size } from '../../../src/core/names.ts'
import { readHistory } from '../../../src/stores/file/doctor/read/history.ts'
import type { Paths } from '../../../src/stores/file/paths.ts'
import { ownerFault } from '../../../src/stores/file/staging/owner-file.ts'
import { decodeRevision, namedSegments } from '../../../src/stores/history/revision.ts'
import { type Chance, newChance } from '../../support/chance.ts'
import { filesIn } from '../../support/disk/folder.ts'
import {
  backUp,
  copyOf,
  DAMAGES,
  examineAlone as examine,
  flip,
  inShort,
  listedIn,
  seenIn,
} from '../../support/store/doctor.ts'
import { longStore, smallStore } from '../../support/store/doctor-stores.ts'
import { openFileStore } from '../../support/store/file-store.ts'
import { thorough } from '../../support/thorough.ts'

const SWAPPED = 'swapped with another of its kind'

const made = { small: '', long: '' }
const storeOf = (name: 'small' | 'long'): string => made[name]

beforeAll(async () => {
  made.small = (await smallStore()).storageDir
  made.long = (await longStore()).storageDir
})

/** A file and another of its kind. Candidates come in an order that is the same for every store that is made. */
type Pick = (paths: Paths, chance: Chance) => Promise<[path: string, other: string]>

/** Ids of the images in the end of a list that is in no segment. */
const idsOf = async (paths: Paths, projectId: string): Promise<string[]> =>
  (await readHistory(paths, projectId)).at(-1)?.revision?.state.images.tail.map(({ id }) => id) ?? []

const variantOf =
  (size: Size): Pick =>
  async (paths, chance) =>
    chance.two((await idsOf(paths, 'shop')).map((id) => paths.variant('shop', id, size)))

const revisions = async (paths: Paths, projectId: string): Promise<string[]> =>
  (await readHistory(paths, projectId)).map(({ number }) => paths.revision(projectId, number))

const CLASSES = {
  'a medium variant': { store: 'small', pick: variantOf('medium') },
  'a thumb variant': { store: 'small', pick: variantOf('thumb') },
  'a game variant': { store: 'small', pick: variantOf('game') },
  'the newest revision': {
    store: 'small',
    pick: async (paths) => {
      const all = await revisions(paths, 'shop')
      return [all.at(-1) ?? '', all.at(-3) ?? '']
    },
  },
  'the newest revision, of which another project has as many,': {
    store: 'small',
    pick: async (paths) => [
      (await revisions(paths, 'shop')).at(-1) ?? '',
      (await revisions(paths, 'Other')).at(-1) ?? '',
    ],
  },
  'an older revision': {
    store: 'small',
    pick: async (paths, chance) => {
      const all = (await revisions(paths, 'shop')).slice(0, -1)
      const at = chance.number(all.length)
      return [all[at] ?? '', all[(at + 1) % all.length] ?? '']
    },
  },
  'the first revision': {
    store: 'small',
    pick: async (paths) => {
      const [first = '', second = ''] = await revisions(paths, 'shop')
      return [first, second]
    },
  },
  'a segment file': {
    store: 'long',
    pick: async (paths, chance) => {
      const named = (await readHistory(paths, 'long')).flatMap(({ revision }) =>
        revision ? namedSegments(revision) : [],
      )
      return chance.two([...new Set(named)].map((id) => paths.segment('long', id)))
    },
  },
  'the newest revision of a long list': {
    store: 'long',
    pick: async (paths) => {
      const all = await revisions(paths, 'long')
      return [all.at(-1) ?? '', all.at(-2) ?? '']
    },
  },
  'meta.json': { store: 'small', pick: async (paths) => [paths.published('shop'), paths.published('Other')] },
} as const satisfies Record<string, { store: 'small' | 'long'; pick: Pick }>

/** The visible state of all projects; of the long list, its order is enough. */
const seen = async (storageDir: string, store: 'small' | 'long') => {
  if (store === 'long') return [{ ...(await listedIn(storageDir, 'long')), files: [] }]
  return [await seenIn(storageDir, 'shop'), await seenIn(storageDir, 'Other'), await seenIn(storageDir, 'gone')]
}

/** The revision of a long list is read like that of a short one; it names segments beside. */
const isInSample = (name: string, damage: unknown): boolean =>
  name !== 'the newest revision of a long list' || damage === DAMAGES[SWAPPED] || damage === DAMAGES.removed

// Concurrent, because they mostly wait for the disk.
describe.concurrent.each(Object.entries(DAMAGES))('a file that is %s', (_, damage) => {
  const classes = Object.entries(CLASSES)
  const sample = classes.filter(([name]) => isInSample(name, damage))
  it.for(thorough(sample, classes))('is found and repaired where it is %s', async ([_, { store, pick }], test) => {
    const { storageDir, paths } = await copyOf(storeOf(store), test)
    const before = await seen(storageDir, store)
    const chance = newChance(test)
    const [path, other] = await pick(paths, chance)
    await damage(chance, path, other)

    const found = await examine(storageDir)
    expect(found.findings.map((finding) => join(storageDir, finding.path))).toContain(path)
    expect(found.findings.every(({ outcome }) => outcome === 'mendable')).toBe(true)

    const mended = await examine(storageDir, { fix: true })
    expect(mended).toMatchObject({ remaining: 0, mended: found.remaining })
    expect(inShort(await examine(storageDir))).toEqual([])
    const after = await seen(storageDir, store)
    const list = (projects: typeof before) => projects.map((project) => ({ ...project, files: project?.files?.length }))
    expect(list(after)).toEqual(list(before))
    // One that was uploaded as PNG has other bytes when it is made again from its JPEG.
    const files = before.flatMap((project) => project?.files ?? [])
    const changed = after.flatMap((project) => project?.files ?? []).filter((file) => !files.includes(file))
    expect(changed.length).toBeLessThanOrEqual(other.endsWith('.jpg') && damage !== DAMAGES[SWAPPED] ? 1 : 0)
  })
})

describe('a damaged original', () => {
  it.each(Object.entries(DAMAGES).filter(([name]) => !name.startsWith('swapped')))(
    'that is %s is reported, and its image kept with its other sizes',
    async (_, damage) => {
      const { storageDir, paths } = await copyOf(storeOf('small'))
      const before = await seenIn(storageDir, 'shop')
      const chance = newChance()
      const [path] = await variantOf('original')(paths, chance)
      await damage(chance, path, path)
      for (const fix of [false, true, false]) {
        const { findings, remaining } = await examine(storageDir, { fix })
        expect(findings).toMatchObject([{ outcome: 'unmendable' }])
        expect(findings.map((finding) => join(storageDir, finding.path))).toEqual([path])
        expect(remaining).toBe(1)
      }
      const after = await seenIn(storageDir, 'shop')
      expect(after?.ids).toEqual(before?.ids)
      expect(after?.files.filter((file, at) => file !== before?.files[at])).toHaveLength(1)
    },
  )

  it('that was swapped with another is restored, both byte for byte', async () => {
    const { storageDir, paths } = await copyOf(storeOf('small'))
    const before = await seenIn(storageDir, 'shop')
    const chance = newChance()
    const [path, other] = await variantOf('original')(paths, chance)
    await DAMAGES[SWAPPED](chance, path, other)
    expect(await examine(storageDir)).toMatchObject({ remaining: 2 })
    expect(await examine(storageDir, { fix: true })).toMatchObject({ remaining: 0, mended: 2 })
    expect(inShort(await examine(storageDir))).toEqual([])
    expect(await seenIn(storageDir, 'shop')).toEqual(before)
  })

  it('keeps the smaller variants, which are made again from the next larger one', async () => {
    const { storageDir, paths } = await copyOf(storeOf('small'))
    const [original] = await variantOf('original')(paths, newChance())
    const imageId = original.slice(-'.jpg'.length - 20, -'.jpg'.length)
    await rm(original)
    for (const size of ['thumb', 'game'] as const) await rm(paths.variant('shop', imageId, size))
    expect(await examine(storageDir, { fix: true })).toMatchObject({ mended: 2, remaining: 1 })
    expect((await examine(storageDir)).findings).toMatchObject([{ kind: 'variant_missing', outcome: 'unmendable' }])
  })
})

describe('one byte', () => {
  it('is found at a random position of random files of the store', async () => {
    const { storageDir, paths } = await copyOf(storeOf('small'))
    const ids = [...(await idsOf(paths, 'shop')), ...(await idsOf(paths, 'Other'))]
    /** Ids are other ones each time; the order of the files is not to depend on them. */
    const placeOf = (path: string) => path.replace(/[^/]{20}(?=\.jpg$)/, (id) => `${ids.indexOf(id)}`)
    const files = (await filesIn(storageDir))
      .filter((path) => path.startsWith('projects'))
      .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
    const chance = newChance()
    for (let round = 0; round < 25; round++) {
      const path = files[chance.number(files.length)] ?? ''
      const restore = await backUp(storageDir, [join(storageDir, path)])
      await flip(chance, join(storageDir, path))
      const { findings } = await examine(storageDir, { projectId: projectOf(path) })
      expect(findings.map((finding) => finding.path)).toContain(path)
      await restore()
    }
  })

  it('is found at every position of a revision', async () => {
    const { paths } = await copyOf(storeOf('small'))
    const bytes = await readFile(paths.revision('shop', 3))
    expect(decodeRevision(bytes.toString()).state.revision).toBe(3)
    const chance = newChance()
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ chance.number(256, 1)
      expect(() => decodeRevision(damaged.toString()), `at ${at}`).toThrow()
    }
  })
})

const projectOf = (path: string): string =>
  ({ '!other': 'Other' })[path.split('/')[1] ?? ''] ?? path.split('/')[1] ?? ''

describe('the owner file of a workspace', () => {
  const opened = async () => {
    const { storageDir, paths } = await copyOf(storeOf('small'))
    await openFileStore(storageDir)
    await openFileStore(storageDir)
    const [one = '', other = ''] = (await readdir(paths.tmp)).map((owner) => join(paths.tmp, owner, 'owner.json'))
    return { storageDir, one, other }
  }

  it.each(Object.entries(DAMAGES))('is found where it is %s, and its process is not disturbed', async (_, damage) => {
    const { storageDir, one, other } = await opened()
    await damage(newChance(), one, other)
    const { findings } = await examine(storageDir, { fix: true })
    expect(new Set(findings.map(({ kind, outcome }) => `${kind} ${outcome}`))).toEqual(
      new Set(['owner_damaged unmendable']),
    )
    expect(findings.map(({ path }) => join(storageDir, path))).toContain(one)
    expect((await readdir(join(storageDir, '.tmp'))).length).toBe(2)
  })

  it('is found at every position', async () => {
    const { one } = await opened()
    const text = await readFile(one, 'latin1')
    expect(ownerFault(one, text)).toBeUndefined()
    const chance = newChance()
    for (let at = 0; at < text.length; at++) {
      const other = String.fromCharCode(text.charCodeAt(at) ^ chance.number(128, 1))
      if (!ownerFault(one, text.slice(0, at) + other + text.slice(at + 1))) throw new Error(`not found at ${at}`)
    }
  })
})

describe('files with the content of another', () => {
  it('are restored where two images are swapped', async () => {
    const { storageDir, paths } = await copyOf(storeOf('small'))
    const before = await seenIn(storageDir, 'shop')
    const ids = before?.ids.slice(0, 2) ?? []
    for (const size of SIZES) {
      const [one = '', other = ''] = ids.map((id) => paths.variant('shop', id, size))
      await rename(one, `${one}.swap`)
      await rename(other, one)
      await rename(`${one}.swap`, other)
    }
    expect(await examine(storageDir, { fix: true })).toMatchObject({ mended: 8, remaining: 0 })
    expect(await seenIn(storageDir, 'shop')).toEqual(before)
  })
})
