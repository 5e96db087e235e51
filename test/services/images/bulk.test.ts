// Bulk uploads beyond HTTP: order, places among the encoders, and what a request leaves where it ends early.

import { writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { SIZES } from '../../../src/core/names.ts'
import { createBulkUploader } from '../../../src/services/images/bulk.ts'
import type { BulkFile, BulkOutcome } from '../../../src/services/images/bulk-files.ts'
import type { UploaderOptions } from '../../../src/services/images/upload.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'

type Encode = UploaderOptions['encoders']['encode']

const picture = (): Awaited<ReturnType<Encode>> => {
  const variant = { width: 1, height: 1, bytes: 1, sha256: '1'.repeat(64) }
  return {
    type: 'image/jpeg',
    sha256: '0'.repeat(64),
    sizes: { original: variant, medium: variant, thumb: variant, game: variant },
    placeholder: '1DgGDoILwErCm5rIrIpnWomdCMOqYKs=',
    color: '#000000',
  }
}

/** A gate for each job of the encoder, in the order of the jobs. */
const createGates = () => {
  const opened: (() => void)[] = []
  return { opened, wait: () => new Promise<void>((resolve) => opened.push(resolve)) }
}

const setUp = async (options: Partial<UploaderOptions> & { work?: () => Promise<void> } = {}) => {
  const { work = async () => {}, ...rest } = options
  const { store, leftovers } = await fileStoreFixture()
  const encoders = {
    assertRoom: vi.fn<() => void>(),
    encode: vi.fn<Encode>(async ({ targets }, { signal } = {}) => {
      await work()
      signal?.throwIfAborted()
      for (const size of SIZES) await writeFile(targets[size], '1')
      return picture()
    }),
  }
  const variants = { preload: vi.fn<UploaderOptions['variants']['preload']>(async () => {}), forget: vi.fn() }
  const uploadAll = createBulkUploader({ store, encoders, variants, ...rest })
  const names = async () => {
    const project = await store.project('game')
    return project ? (await store.images(project))?.map(({ name }) => name) : []
  }
  /** Files that belong to no image. */
  const strays = async () => {
    const project = await store.project('game')
    const known = ((project && (await store.images(project))) ?? []).map(({ id }) => id)
    const isPicture = (path: string) => path.endsWith('.jpg') || path.startsWith('.tmp')
    return (await leftovers()).filter((path) => isPicture(path) && !known.some((id) => path.includes(id)))
  }
  return { store, strays, encoders, uploadAll, names }
}

async function* contentOf(text: string) {
  yield new TextEncoder().encode(text)
}

const fileOf = (name: string): BulkFile => ({ name, details: () => ({ name }), content: contentOf(name) })

/** Files, and the names of those that were requested. */
const filesOf = (names: readonly string[]) => {
  const begun: string[] = []
  const files = async function* () {
    for (const name of names) {
      begun.push(name)
      yield fileOf(name)
    }
  }
  return { begun, files: files() }
}

const codeOf = ({ name, result }: BulkOutcome): [name: string | undefined, outcome: string] => [
  name,
  'uploaded' in result
    ? 'stored'
    : 'skipped' in result
      ? result.skipped
      : result.error instanceof TintypeError
        ? result.error.code
        : String(result.error),
]

const NAMES = Array.from({ length: 40 }, (_, at) => `${at}.jpg`)

describe('a bulk upload', () => {
  it('encodes files side by side and keeps their order, whichever is ready first', async () => {
    const gates = createGates()
    const { uploadAll, names, strays } = await setUp({ work: gates.wait })
    const { files } = filesOf(NAMES.slice(0, 8))
    const done = uploadAll('game', files, codeOf)
    await expect.poll(() => gates.opened.length).toBe(8)
    for (const open of gates.opened.toReversed()) {
      open()
      await setTimeout(5)
    }
    const { reports, broken } = await done
    expect(broken).toBeUndefined()
    expect(reports).toEqual(NAMES.slice(0, 8).map((name) => [name, 'stored']))
    expect(await names()).toEqual(NAMES.slice(0, 8))
    expect(await strays()).toEqual([])
  })

  it('commits files together that are ready at the same time', async () => {
    const gates = createGates()
    const { uploadAll, store } = await setUp({ work: gates.wait })
    const done = uploadAll('game', filesOf(NAMES.slice(0, 8)).files, codeOf)
    await expect.poll(() => gates.opened.length).toBe(8)
    for (const open of gates.opened) open()
    await done
    expect((await store.project('game'))?.revision).toBeLessThan(8)
  })

  it('receives 16 files ahead of the encoders and one more, and no further ones', async () => {
    const gates = createGates()
    const { uploadAll, names } = await setUp({ work: gates.wait })
    const { files, begun } = filesOf(NAMES)
    const done = uploadAll('game', files, codeOf)
    await expect.poll(() => gates.opened.length).toBe(16)
    await setTimeout(50)
    expect([gates.opened.length, begun.length]).toEqual([16, 17])
    for (let at = 0; at < NAMES.length; at++) {
      await expect.poll(() => gates.opened.length).toBeGreaterThan(at)
      gates.opened[at]?.()
    }
    const { reports } = await done
    expect(reports.filter(([, outcome]) => outcome !== 'stored')).toEqual([])
    expect(await names()).toEqual(NAMES)
  })

  it('lets all files under way listen for the end of the request without a warning', async () => {
    const warned = vi.spyOn(process, 'emitWarning')
    const end = new AbortController()
    const work = async () => end.signal.addEventListener('abort', () => {}, { once: true })
    const { uploadAll } = await setUp({ work })
    await uploadAll('game', filesOf(NAMES).files, codeOf, { signal: end.signal })
    expect(warned).not.toHaveBeenCalled()
  })

  it('stores all others where one is refused', async () => {
    let jobs = 0
    const work = async () => {
      jobs++
      if (jobs === 2) throw new TintypeError('damaged_image', 'cut')
    }
    const { uploadAll, names, strays } = await setUp({ work })
    const { reports } = await uploadAll('game', filesOf(NAMES.slice(0, 4)).files, codeOf)
    expect(reports.map(([, outcome]) => outcome)).toEqual(['stored', 'damaged_image', 'stored', 'stored'])
    expect(await names()).toEqual(['0.jpg', '2.jpg', '3.jpg'])
    expect(await strays()).toEqual([])
  })

  it('waits for room where a single upload is refused as busy', async () => {
    const { uploadAll, encoders } = await setUp()
    const busy = () => {
      throw new TintypeError('busy', 'full')
    }
    encoders.assertRoom.mockImplementationOnce(busy).mockImplementationOnce(busy)
    const { reports } = await uploadAll('game', filesOf(['a']).files, codeOf)
    expect(reports).toEqual([['a', 'stored']])
    expect(encoders.assertRoom).toHaveBeenCalledTimes(3)
  })

  it('is refused at once where the encoders end', async () => {
    const { uploadAll, encoders } = await setUp()
    encoders.assertRoom.mockImplementation(() => {
      throw new TintypeError('shutting_down', 'closed')
    })
    const { reports } = await uploadAll('game', filesOf(['a', 'b']).files, codeOf)
    expect(reports.map(([, outcome]) => outcome)).toEqual(['shutting_down', 'shutting_down'])
  })

  it('stores what it has received where it is stopped, and says why', async () => {
    const stopping = new AbortController()
    const reason = new TintypeError('shutting_down', 'stopped')
    const { uploadAll, names, strays } = await setUp()
    const files = async function* () {
      yield fileOf('a')
      stopping.abort(reason)
      yield fileOf('b')
      yield fileOf('c')
    }
    const { reports, broken } = await uploadAll('game', files(), codeOf, { stop: stopping.signal })
    expect(reports).toEqual([
      ['a', 'stored'],
      ['b', 'stored'],
    ])
    expect(broken).toEqual({ error: reason })
    expect(await names()).toEqual(['a', 'b'])
    expect(await strays()).toEqual([])
  })

  it('leaves nothing of files that wait for an encoder when the client goes', async () => {
    const gates = createGates()
    const gone = new AbortController()
    const { uploadAll, strays, names } = await setUp({ work: gates.wait })
    const { files, begun } = filesOf(NAMES)
    const done = uploadAll('game', files, codeOf, { signal: gone.signal })
    await expect.poll(() => gates.opened.length).toBe(16)
    await expect.poll(() => begun.length).toBe(17)
    gone.abort(new TintypeError('upload_aborted', 'gone'))
    for (const open of gates.opened) open()
    const { reports, broken } = await done
    expect(new Set(reports.map(([, outcome]) => outcome))).toEqual(new Set(['upload_aborted']))
    expect(reports).toHaveLength(17)
    expect(broken?.error).toMatchObject({ code: 'upload_aborted' })
    expect(await names()).toEqual([])
    expect(await strays()).toEqual([])
  })

  it('gives each file a key of its own, so that a repeated request stores nothing twice', async () => {
    const { uploadAll, names, encoders } = await setUp()
    const replayed = ({ result }: BulkOutcome) => 'uploaded' in result && result.uploaded.isReplay
    const options = { idempotencyKey: 'one' }
    const first = await uploadAll('game', filesOf(['a', 'b']).files, replayed, options)
    const again = await uploadAll('game', filesOf(['a', 'b', 'c']).files, replayed, options)
    expect([first.reports, again.reports]).toEqual([
      [false, false],
      [true, true, false],
    ])
    expect(await names()).toEqual(['a', 'b', 'c'])
    expect(encoders.encode).toHaveBeenCalledTimes(3)
    const other = await uploadAll('game', filesOf(['b']).files, codeOf, options)
    expect(other.reports).toEqual([['b', 'idempotency_conflict']])
  })
})
