import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { problemSchema } from '../../src/http/schemas/problem.ts'
import { createBallast } from '../support/disk/ballast.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { mount } from '../support/disk/mounts.ts'
import { checkStore, publishAgain } from '../support/faults/check.ts'
import { acknowledgedIn, createLedger, type LedgerBook } from '../support/faults/ledger.ts'
import { startLoad } from '../support/faults/load.ts'
import { say } from '../support/faults/say.ts'
import { isMissing } from '../support/needs.ts'
import { noisePicture } from '../support/pictures/pictures.ts'
import { createServer, type Request } from '../support/processes/server-tree.ts'
import { straysAfterSweep } from '../support/store/strays.ts'
import { formOf } from '../support/upload.ts'

/** Refusals that are waited for before the clients go. */
const REFUSALS = 30
const DISKS = [
  { short: 'room', options: 'size=9m' },
  { short: 'inodes', options: 'size=64m,nr_inodes=600' },
] as const

describe.skipIf(isMissing({ fault: 'full disk', programs: { mount: 'mount' }, root: true }))('a disk without', () => {
  it.each(DISKS)('$short answers 507, goes on reading, and takes uploads again once there is some', async (disk) => {
    const folder = join(await temporaryFolder(), 'disk')
    const storageDir = join(folder, 'storage')
    await mount(folder, '-t', 'tmpfs', '-o', disk.options, 'tmpfs')
    const ballast = await createBallast(folder, disk.short)
    const server = await createServer({ storageDir, workers: 2, env: { MIN_FREE_BYTES: '1' } })
    await server.start()
    const { request } = server
    const ledger = createLedger()

    const load = startLoad({ servers: [request], ledger, projects: ['p', 'q'], clients: 8, images: 1000 })
    const refused = () => Object.values(load.failures()).reduce((sum, count) => sum + count, 0)
    while (refused() < REFUSALS) await sleep(10)
    await load.pause()
    expect(Object.keys(load.failures()).filter((failure) => !failure.endsWith(' 507 storage_full'))).toEqual([])

    // Now to the last byte or inode: not even a revision can be written.
    await ballast.fill()
    for (const answer of await changesOfEveryKind(request, ledger)) {
      const text = await answer.text()
      expect([answer.status, answer.headers.get('content-type')], text).toEqual([507, 'application/problem+json'])
      expect(problemSchema.parse(JSON.parse(text))).toMatchObject({ status: 507, code: 'storage_full' })
    }
    const findings = await checkStore({ storageDir, ledger, request, published: false })
    // Nor does a start find room for a file of its own.
    await server.kill()
    await ballast.fill()
    await server.start('/health')
    findings.push(...(await checkStore({ storageDir, ledger, request, published: false })))

    await ballast.drop()
    await publishAgain(request, ledger)
    const before = acknowledgedIn(ledger)
    const again = startLoad({ servers: [request], ledger, projects: ['p', 'q'], clients: 2, images: 10 })
    while (again.done() < 20) await sleep(10)
    await again.pause()
    expect(again.failures()).toEqual({})
    findings.push(...(await checkStore({ storageDir, ledger, request })))
    // Changes that were refused halfway are cleaned up by a sweep: now and then, and at a start.
    expect(await server.end()).toBe(0)
    await server.start()
    findings.push(...(await straysAfterSweep(storageDir)))
    findings.push(...(await checkStore({ storageDir, ledger, request })))
    say(
      `disk without ${disk.short}: ${before} uploads and deletes acknowledged, ${refused()} changes refused by 507, ` +
        `then ${acknowledgedIn(ledger) - before} acknowledged, ${findings.length} wrong`,
    )
    expect(findings).toEqual([])
  })
})

/** Each on an image that is there, so that only the disk can be the reason to refuse it. */
const changesOfEveryKind = async (request: Request, ledger: LedgerBook): Promise<Response[]> => {
  const there = ledger.uploads.filter((upload) => !ledger.isDeleteSent(upload.acknowledged?.imageId ?? '')).slice(0, 20)
  const picture = await noisePicture()
  ledger.upload('p', picture.sha256)
  const answers = [await request('/projects/p/images', { method: 'POST', body: formOf(picture.bytes) })]
  for (const { projectId, acknowledged } of there) {
    if (!acknowledged) continue
    const { imageId } = acknowledged
    const { primary_image_id } = listSchema.parse(await (await request(`/projects/${projectId}/images`)).json())
    // The choice of an image that is primary already is no change.
    if (imageId !== primary_image_id)
      answers.push(await request(`/projects/${projectId}/primary/${imageId}`, { method: 'PUT' }))
    ledger.delete(projectId, imageId)
    answers.push(await request(`/projects/${projectId}/images/${imageId}`, { method: 'DELETE' }))
  }
  expect(answers.length).toBeGreaterThan(2)
  return answers
}

const listSchema = z.object({ primary_image_id: z.string().nullable() })
