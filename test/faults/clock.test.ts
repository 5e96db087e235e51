import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { uploadSchema } from '../../src/http/schemas/images/images.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { checkStore } from '../support/faults/check.ts'
import { acknowledgedIn, createLedger, type LedgerBook } from '../support/faults/ledger.ts'
import { startLoad } from '../support/faults/load.ts'
import { say } from '../support/faults/say.ts'
import { isMissing, libraryPath } from '../support/needs.ts'
import { noisePicture } from '../support/pictures/pictures.ts'
import { createServer, type Request } from '../support/processes/server-tree.ts'
import { straysAfterSweep } from '../support/store/strays.ts'
import { formOf } from '../support/upload.ts'

const SECONDS = 10
const AHEAD_SECONDS = 30
/** Longer than libfaketime caches the offset. */
const SET_SECONDS = 3
const HOUR_MS = 3_600_000
const LIBFAKETIME = 'faketime/libfaketimeMT.so.1'

describe.skipIf(isMissing({ fault: 'clocks', libraries: { [LIBFAKETIME]: 'libfaketime' } }))(
  'clocks that disagree',
  () => {
    it(`lose no change when one of two processes is ${AHEAD_SECONDS} s ahead, so that every lock seems stale to it`, async () => {
      const storageDir = join(await temporaryFolder(), 'storage')
      const right = await createServer({ storageDir })
      const ahead = await createServer({
        storageDir,
        env: {
          LD_PRELOAD: libraryPath(LIBFAKETIME) ?? '',
          FAKETIME: `+${AHEAD_SECONDS}s`,
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          // The times of files are those of the disk, not moved along with the clock.
          NO_FAKE_STAT: '1',
        },
      })
      await right.start()
      await ahead.start()
      const ledger = createLedger()
      const sentMs = Date.now()
      expect(await clockOf(ahead.request, ledger)).toBeGreaterThan(sentMs + (AHEAD_SECONDS - 1) * 1000)
      const shown = await clockOf(right.request, ledger)
      expect(shown).toBeLessThanOrEqual(Date.now())

      const servers = [right.request, ahead.request]
      const load = startLoad({ servers, ledger, projects: ['one'], clients: 12 })
      await sleep(SECONDS * 1000)
      await load.pause()

      const findings: string[] = []
      for (const request of servers) findings.push(...(await checkStore({ storageDir, ledger, request })))
      findings.push(...(await straysAfterSweep(storageDir)))
      say(
        `clock ${AHEAD_SECONDS} s ahead in one of two processes: ${SECONDS} s, ${load.done()} changes, ` +
          `${acknowledgedIn(ledger)} uploads and deletes acknowledged, ${findings.length} wrong`,
      )
      expect(load.failures()).toEqual({})
      expect(findings).toEqual([])
      expect(load.done()).toBeGreaterThan(0)
      // Ended in good order, because libfaketime leaves shared memory behind where it is killed.
      expect(await ahead.end()).toBe(0)
      expect(await right.end()).toBe(0)
    })

    it('lose no change and refuse none when the clock is set back by a day under them, and forward again', async () => {
      const folder = await temporaryFolder()
      const [storageDir, clock] = [join(folder, 'storage'), join(folder, 'clock')]
      await writeFile(clock, '+0\n')
      const server = await createServer({
        storageDir,
        env: {
          LD_PRELOAD: libraryPath(LIBFAKETIME) ?? '',
          FAKETIME_TIMESTAMP_FILE: clock,
          FAKETIME_CACHE_DURATION: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          NO_FAKE_STAT: '1',
        },
      })
      await server.start()
      const ledger = createLedger()
      const load = startLoad({ servers: [server.request], ledger, projects: ['one', 'two'], clients: 8 })
      const times: number[] = []
      for (const offset of ['+0', '-1d', '+0']) {
        await writeFile(clock, `${offset}\n`)
        await sleep(SET_SECONDS * 1000)
        times.push(await clockOf(server.request, ledger))
      }
      await load.pause()
      const [before = 0, back = 0, after = 0] = times
      expect(back).toBeLessThan(before - 23 * HOUR_MS)
      expect(after).toBeGreaterThan(before)
      expect(load.failures()).toEqual({})
      const findings = await checkStore({ storageDir, ledger, request: server.request })
      expect(await server.end()).toBe(0)
      await server.start()
      findings.push(...(await straysAfterSweep(storageDir)))
      findings.push(...(await checkStore({ storageDir, ledger, request: server.request })))
      say(
        `clock set back by a day and forward again: ${load.done()} changes, ` +
          `${acknowledgedIn(ledger)} uploads and deletes acknowledged, ${findings.length} wrong`,
      )
      expect(findings).toEqual([])
      expect(await server.end()).toBe(0)
    })
  },
)

/** What a server takes for the time, in milliseconds since 1970. */
const clockOf = async (request: Request, ledger: LedgerBook): Promise<number> => {
  const { bytes, sha256 } = await noisePicture()
  const acknowledge = ledger.upload('clock', sha256)
  const answer = await request('/projects/clock/images', { method: 'POST', body: formOf(bytes) })
  const { image_id, created_at } = uploadSchema.parse(await answer.json())
  acknowledge(image_id)
  return Date.parse(created_at)
}
