import { copyFile, link, mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { primarySchema, uploadSchema } from '../../src/http/schemas/images/images.ts'
import { filesIn, temporaryFolder } from '../support/disk/folder.ts'
import { checkStore } from '../support/faults/check.ts'
import { createLedger, type Ledger, ledgerOf } from '../support/faults/ledger.ts'
import { startLoad } from '../support/faults/load.ts'
import { openToRequests } from '../support/faults/open.ts'
import { noisePicture } from '../support/pictures/pictures.ts'
import type { Request } from '../support/processes/server-tree.ts'
import { straysAfterSweep, straysIn } from '../support/store/strays.ts'
import { formOf } from '../support/upload.ts'

const PROJECT = 'p'

describe('the check of a store against a ledger', () => {
  it('has no finding in a store that many clients have used', async () => {
    const { storageDir, ledger, request, check } = await usedStore()
    const load = startLoad({ servers: [request], ledger, projects: [PROJECT, 'another'], clients: 4, images: 6 })
    while (load.done() < 60) await sleep(10)
    await load.pause()
    expect(load.failures()).toEqual({})
    expect(new Set(ledger.uploads.map(({ projectId }) => projectId)).size).toBe(2)
    expect(await check()).toEqual([])
    expect(await straysAfterSweep(storageDir)).toEqual([])
    expect(await filesIn(storageDir)).not.toEqual([])
  })

  it('finds an acknowledged image that is not listed', async () => {
    const { check, ledger } = await usedStore()
    ledger.upload(PROJECT, 'f'.repeat(64))('0123456789abcdefghij')
    expect(await check()).toEqual(['lost: p: image 0123456789abcdefghij was acknowledged and is not listed'])
  })

  it('finds an image with the bytes of another picture', async () => {
    const { check, ledger } = await usedStore()
    const [one, other] = ledger.uploads.slice(-2)
    if (one && other) [one.acknowledged, other.acknowledged] = [other.acknowledged, one.acknowledged]
    expect(await check()).toEqual([
      expect.stringMatching(/^lost: p: image \w+ is not the picture/),
      expect.stringMatching(/^lost: p: image \w+ is not the picture/),
    ])
  })

  it('finds an image that was never sent', async () => {
    const { check, ledger } = await usedStore()
    const last = ledger.uploads.at(-1)
    if (last) last.sha256 = '0'.repeat(64)
    expect((await check()).map(kindOf)).toEqual(['unknown', 'lost'])
  })

  it('finds an acknowledged delete that did not happen', async () => {
    const { check, ledger, images } = await usedStore()
    ledger.delete(PROJECT, images[0] ?? '')()
    expect(await check()).toEqual([
      `lost: p: the delete of image ${images[0]}, which is listed`,
      `undone: p: image ${images[0]} was deleted and is answered by 200`,
    ])
  })

  it('finds a deleted image that is served again, and its file', async () => {
    const { check, strays, request, ledger, folder, images } = await usedStore()
    const deleted = ledger.deletes[0]?.imageId ?? ''
    await copyFile(join(folder, 'original', `${images[0]}.jpg`), join(folder, 'original', `${deleted}.jpg`))
    expect(await strays()).toEqual([`stray: projects/p/original/${deleted}.jpg`])
    const answered = (path: string, init?: RequestInit) => request(path.replace(deleted, images[0] ?? ''), init)
    expect(await check(answered)).toEqual([`undone: p: image ${deleted} was deleted and is answered by 200`])
  })

  it.each(['original', 'medium', 'thumb', 'game'])('finds a %s that is missing, cut off or altered', async (size) => {
    const { check, folder, images } = await usedStore()
    const path = join(folder, size, `${images.at(-1)}.jpg`)
    const whole = await readFile(path)
    const broken = expect.stringMatching(`^broken: p: ${size} of image ${images.at(-1)}`)
    await writeFile(path, whole.subarray(0, -1))
    expect(await check()).toContainEqual(broken)
    await writeFile(path, Buffer.concat([whole.subarray(0, -1), Buffer.from([0])]))
    expect(await check()).toContainEqual(broken)
    await unlink(path)
    expect(await check()).toContainEqual(broken)
  })

  it('finds a primary image that is wrong in the answers, and one that is missing', async () => {
    const { check, request, images } = await usedStore()
    const other = await check(withList(request, (list) => ({ ...list, primary_image_id: images[0] ?? null })))
    expect(other.map(kindOf)).toContain('primary')
    const none = await check(withList(request, (list) => ({ ...list, primary_image_id: null })))
    expect(none).toContain('primary: p: there are images and none is primary')
  })

  it('finds an image that is listed twice', async () => {
    const { check, request, images } = await usedStore()
    const twice = await check(
      withList(request, (list) => ({ ...list, images: [...list.images, ...list.images.slice(0, 1)] })),
    )
    expect(twice).toContain(`doubled: p: image ${images[0]} is listed twice`)
  })

  it('finds a meta.json that is old, damaged or missing', async () => {
    const { check, folder } = await usedStore()
    const path = join(folder, 'meta.json')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace(/"revision": \d+/, '"revision": 1'))
    expect((await check()).map(kindOf)).toEqual(['meta.json'])
    await writeFile(path, text.replace(/"primary_image_id": "\w+"/, '"primary_image_id": null'))
    expect((await check()).map(kindOf)).toEqual(['meta.json'])
    await writeFile(path, text.slice(0, -20))
    expect((await check()).map(kindOf)).toEqual(['meta.json'])
    await unlink(path)
    expect(await check()).toEqual(['meta.json: p: it is missing'])
  })

  it('finds a gap in the revisions, and a newest one that is damaged', async () => {
    const { check, folder } = await usedStore()
    const numbers = (await readdir(join(folder, '.meta'))).flatMap((name) => /^\d+/.exec(name)?.[0] ?? []).map(Number)
    const newest = Math.max(...numbers)
    await rename(join(folder, '.meta', `${newest - 1}.json`), join(folder, 'kept'))
    expect((await check()).map(kindOf)).toEqual(['revisions'])
    await rename(join(folder, 'kept'), join(folder, '.meta', `${newest - 1}.json`))
    await writeFile(join(folder, '.meta', `${newest}.json`), '')
    expect((await check()).map(kindOf)).toContain('broken')
  })

  it('finds stray files, stale locks and files of dead processes in .tmp', async () => {
    const { strays, storageDir, folder, images } = await usedStore()
    await link(join(folder, 'game', `${images[0]}.jpg`), join(folder, 'game', `${'z'.repeat(20)}.jpg`))
    await writeFile(join(folder, 'notes.txt'), '')
    await writeFile(join(folder, '.meta', 'runs', `${'z'.repeat(16)}.json`), '[]')
    await mkdir(join(folder, 'meta.lock'))
    await mkdir(join(storageDir, '.tmp', 'dead', 'abc@p'), { recursive: true })
    await writeFile(join(storageDir, 'projects', '~'), '')
    expect(await strays()).toEqual([
      'stray: .tmp/dead/abc@p',
      `stray: projects/p/.meta/runs/${'z'.repeat(16)}.json`,
      `stray: projects/p/game/${'z'.repeat(20)}.jpg`,
      'stray: projects/p/meta.lock',
      'stray: projects/p/notes.txt',
      'stray: projects/~',
    ])
  })

  it('reports that everything is lost where the store is gone', async () => {
    const { check, folder, images } = await usedStore()
    await rm(folder, { recursive: true })
    expect((await check()).filter((line) => kindOf(line) === 'lost')).toHaveLength(images.length)
  })
})

describe('the ledger of a copy', () => {
  it('requires nothing that was acknowledged after the copy began, and allows nothing that was sent after it ended', () => {
    const ledger: Ledger = {
      uploads: [
        { projectId: 'p', sha256: 'before', sentMs: 1, acknowledged: { imageId: 'a', atMs: 10 } },
        { projectId: 'p', sha256: 'between', sentMs: 2, acknowledged: { imageId: 'b', atMs: 15 } },
        { projectId: 'p', sha256: 'after', sentMs: 21 },
      ],
      deletes: [
        { projectId: 'p', imageId: 'a', sentMs: 11, acknowledgedMs: 15 },
        { projectId: 'p', imageId: 'b', sentMs: 21 },
      ],
    }
    expect(ledgerOf(ledger, { beganMs: 10, endedMs: 20 })).toEqual({
      uploads: [
        { projectId: 'p', sha256: 'before', sentMs: 1, acknowledged: { imageId: 'a', atMs: 10 } },
        { projectId: 'p', sha256: 'between', sentMs: 2 },
      ],
      deletes: [{ projectId: 'p', imageId: 'a', sentMs: 11 }],
    })
  })
})

const listSchema = z.looseObject({
  primary_image_id: z.string().nullable(),
  images: z.array(z.looseObject({ id: z.string() })),
})

type List = z.infer<typeof listSchema>

const kindOf = (line: string): string => line.slice(0, line.indexOf(': '))

/** A store with one project of three images, the second one primary, from which two were deleted. */
const usedStore = async () => {
  const storageDir = join(await temporaryFolder(), 'storage')
  const { request, close } = await openToRequests(storageDir)
  onTestFinished(close)
  const ledger = createLedger()
  const images: string[] = []
  const ask = async (path: string, init?: RequestInit): Promise<unknown> =>
    (await request(`/projects/${PROJECT}${path}`, init)).json()
  for (let count = 0; count < 5; count++) {
    const { bytes, sha256 } = await noisePicture()
    const acknowledge = ledger.upload(PROJECT, sha256)
    const { image_id } = uploadSchema.parse(await ask('/images', { method: 'POST', body: formOf(bytes) }))
    acknowledge(image_id)
    images.push(image_id)
  }
  for (const imageId of images.splice(0, 2)) {
    const acknowledge = ledger.delete(PROJECT, imageId)
    primarySchema.parse(await ask(`/images/${imageId}`, { method: 'DELETE' }))
    acknowledge()
  }
  await ask(`/primary/${images[1]}`, { method: 'PUT' })
  // An answer comes before a commit has cleaned up behind itself.
  expect(await straysAfterSweep(storageDir)).toEqual([])
  return {
    storageDir,
    folder: join(storageDir, 'projects', PROJECT),
    ledger,
    images,
    request,
    check: (through: Request = request) => checkStore({ storageDir, ledger, request: through }),
    strays: () => straysIn(storageDir),
  }
}

/** Answers with another list than the store's. */
const withList =
  (request: Request, alter: (list: List) => List): Request =>
  async (path, init) => {
    const answer = await request(path, init)
    return path.endsWith('/images') ? Response.json(alter(listSchema.parse(await answer.json()))) : answer
  }
