import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { createS3Store } from '../../../src/stores/s3/s3-store.ts'
import type { Store } from '../../../src/stores/store.ts'
import { addImage, bytesOf, idsOf, readVariant } from '../../contracts/store.ts'
import { newChance } from '../../support/chance.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { hasCeph, newBucket } from '../../support/s3/ceph.ts'
import { createFaultyLink, type FaultyLink } from '../../support/s3/faults.ts'
import { openS3Store } from '../../support/s3/store.ts'
import { silent } from '../../support/store/file-store.ts'
import { thorough } from '../../support/thorough.ts'

/** A sample: each round opens a store, which takes a second on a busy machine. */
const ROUNDS = thorough(8, 40)
const SERVERS = 3
const PROJECTS = ['shop', 'other']

describe.skipIf(!hasCeph)('stores in one bucket, over Ceph', () => {
  it('lose and double nothing that was acknowledged, whatever requests meet, and whichever server dies', async () => {
    const chance = newChance()
    const { options } = await newBucket()
    const folder = await temporaryFolder()
    const added = new Map<string, string>()
    const deleting = new Set<string>()
    const deleted = new Set<string>()
    const failures: unknown[] = []
    const played = new Map<string, number>()
    const links: FaultyLink[] = []
    let acknowledged = 0

    const step = async (store: Store): Promise<void> => {
      const projectId = PROJECTS[chance.number(PROJECTS.length)] ?? ''
      const mine = [...added].flatMap(([id, project]) => (project === projectId && !deleting.has(id) ? [id] : []))
      const imageId = mine[chance.number(mine.length)]
      const kind = chance.number(10)
      if (kind < 6 || imageId === undefined) {
        added.set(await addImage(store, projectId), projectId)
      } else if (kind < 8) {
        deleting.add(imageId)
        await store.commit(projectId, { type: 'delete_image', imageId })
        deleted.add(imageId)
      } else if (kind === 8) {
        await store.commit(projectId, { type: 'set_primary', imageId })
      } else {
        await store.commit(projectId, { type: 'edit', title: imageId })
      }
      acknowledged++
    }

    /** A server that works for a while and is killed in the middle of it. */
    const life = async (name: string): Promise<void> => {
      const link = createFaultyLink(chance)
      onTestFinished(() => link.close())
      const bucket = createBucket({ ...options, send: link.send, pauseMs: 5 })
      const store = createS3Store({ bucket, workDir: join(folder, name), log: silent, staleMs: 0 })
      await store.open()
      let isDead = false
      const work = async () => {
        while (!isDead)
          await step(store).catch((error: unknown) => {
            // A deletion may meet another one, whose outcome is unknown to this test.
            if (!(error instanceof TintypeError && error.code === 'image_not_found')) failures.push(error)
          })
      }
      void Promise.all([work(), work(), work()])
      await setTimeout(chance.number(3000, 500))
      isDead = true
      link.kill()
      links.push(link)
      for (const [fault, count] of link.played) played.set(fault, (played.get(fault) ?? 0) + count)
    }

    const server = async (name: number): Promise<void> => {
      for (let round = 0; round < ROUNDS; round++) await life(`${name}-${round}`)
    }
    await Promise.all(Array.from({ length: SERVERS }, (_, name) => server(name)))
    // Requests of the dead.
    await Promise.all(links.map((link) => link.settled()))

    const store = await openS3Store(options, join(folder, 'last'))
    expect(failures).toEqual([])
    expect(acknowledged).toBeGreaterThan(ROUNDS)
    expect(played.size).toBe(8)
    for (const projectId of PROJECTS) {
      const ids = (await idsOf(store, projectId)) ?? []
      expect(new Set(ids).size, 'doubled').toBe(ids.length)
      const mine = [...added].flatMap(([id, project]) => (project === projectId ? [id] : []))
      expect(
        mine.filter((id) => !deleting.has(id) && !ids.includes(id)),
        'lost',
      ).toEqual([])
      expect(
        ids.filter((id) => deleted.has(id)),
        'back again',
      ).toEqual([])
      const state = await store.project(projectId)
      expect(state?.image_count).toBe(ids.length)
      expect(ids).toContain(state?.primary_image_id)
      for (const id of ids) expect(await readVariant(store, projectId, id)).toBe(bytesOf(id, 'original'))
      // Every revision follows the one before it.
      let position = 0
      for (;;) {
        const changes = await store.changesAfter(projectId, position)
        if (!changes) break
        expect(changes.reset).toBe(false)
        position = changes.revision
      }
      expect(position).toBe(state?.revision)
    }
    process.stdout.write(
      `  ${acknowledged} changes acknowledged by ${SERVERS * ROUNDS} servers that were killed; faults: ${JSON.stringify(Object.fromEntries(played))}\n`,
    )
  })
})
