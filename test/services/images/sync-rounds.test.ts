// Rounds of syncs that an upload waits for, with a quota and an idempotency key.

import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { SIZES, VARIANTS, type VariantName } from '../../../src/core/names.ts'
import type { EncodeJob } from '../../../src/image/encoder.ts'
import { createUploader } from '../../../src/services/images/upload.ts'
import { createFileMarks } from '../../../src/stores/idempotency/file-marks.ts'
import { createFileQuota } from '../../../src/stores/quota/file-quota.ts'
import { recordOf } from '../../contracts/store.ts'
import { memoryFolder } from '../../support/disk/memory-folder.ts'
import { SYNC_MS, watchSyncRounds } from '../../support/disk/sync-rounds.ts'
import { openFileStore } from '../../support/store/file-store.ts'
import { plantProject } from '../../support/store/planted-project.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

const WORK = '.tmp/owner/token@shop'
const DRAFTS = [`${WORK}/meta-token.json`, `${WORK}/token.json`]
const PROJECT = 'projects/shop'

/** Names without what is random in them. */
const plain = (path: string, imageId: string): string =>
  path
    .replace(imageId, 'image')
    .replace(/^\.tmp\/\w+/, '.tmp/owner')
    .replace(/\b\w{12}@/, 'token@')
    .replace(/\b\w{12,16}\.json/, 'token.json')

/** Uploads to a project of so many images. @returns the rounds since the encoder has ended */
const roundsOfUpload = async (images: number, names: readonly VariantName[] = SIZES) => {
  const storageDir = await memoryFolder()
  if (images > 0) await plantProject({ storageDir, projectId: 'shop', images })
  const store = await openFileStore(storageDir)
  const syncs = watchSyncRounds(storageDir)
  const encoders = {
    assertRoom() {},
    async encode({ targets }: EncodeJob) {
      for (const name of names) await writeFile(targets[name] ?? '', name)
      // An encoder takes longer than a sync.
      await sleep(2 * SYNC_MS)
      syncs.restart()
      const { sizes } = recordOf('', names)
      return { type: 'image/jpeg' as const, sha256: 'b'.repeat(64), sizes, placeholder: 'AAAA', color: '#000000' }
    },
  }
  const upload = createUploader({
    store,
    encoders,
    marks: createFileMarks({ storageDir }),
    quota: createFileQuota({ storageDir, store, maxBytes: 10_000_000 }),
    variants: { async preload() {}, forget() {} },
  })
  async function* file() {
    yield Buffer.from('an upload')
  }
  const { image } = await upload('shop', file(), { by: { kind: 'unrestricted' }, idempotencyKey: 'a key' })
  return syncs.rounds().map((paths) => paths.map((path) => plain(path, image.id)).sort())
}

describe('an upload with a quota and an idempotency key', () => {
  it('waits for three rounds of syncs', async () => {
    expect(await roundsOfUpload(1)).toEqual([
      [...SIZES.flatMap((size) => [`${PROJECT}/${size}`, `${PROJECT}/${size}/image.jpg`])].sort(),
      DRAFTS,
      [`${PROJECT}/.meta`],
    ])
  })

  it('waits for no further round where it is the first one of its project', async () => {
    const [files, ...others] = await roundsOfUpload(0)
    expect(files).toEqual(
      expect.arrayContaining(['projects', PROJECT, `${PROJECT}/.meta`, `${PROJECT}/game/image.jpg`]),
    )
    expect(files).toHaveLength(11)
    expect(others).toEqual([DRAFTS, [`${PROJECT}/.meta`]])
  })

  it('waits for no further round with a source, whose folder may be new', async () => {
    const { source, ...others } = Object.fromEntries(
      VARIANTS.map((name) => [
        name,
        [`${PROJECT}/${name}`, `${PROJECT}/${name}/image.${name === 'source' ? 'png' : 'jpg'}`],
      ]),
    )
    expect(await roundsOfUpload(1, VARIANTS)).toEqual([
      [PROJECT, ...(source ?? []), ...Object.values(others).flat()].sort(),
      DRAFTS,
      [`${PROJECT}/.meta`],
    ])
  })

  it('waits for one more where it seals a segment of the list', async () => {
    const [, ...others] = await roundsOfUpload(127)
    expect(others).toEqual([
      ['.tmp/owner', WORK, `${WORK}/run-token.json`],
      [...DRAFTS, `${PROJECT}/.meta/runs`],
      [`${PROJECT}/.meta`],
    ])
  })
})
