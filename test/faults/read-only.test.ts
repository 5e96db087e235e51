// A store on a disk that is mounted read-only, as a killed server left it.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/disk/folder.ts'
import { mount } from '../support/disk/mounts.ts'
import { checkStore } from '../support/faults/check.ts'
import { acknowledgedIn, createLedger } from '../support/faults/ledger.ts'
import { startLoad } from '../support/faults/load.ts'
import { say } from '../support/faults/say.ts'
import { isMissing } from '../support/needs.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { createServer } from '../support/processes/server-tree.ts'
import { runTintype, serve } from '../support/processes/tintype.ts'
import { formOf } from '../support/upload.ts'

describe.skipIf(isMissing({ fault: 'read-only disk', programs: { mount: 'mount' }, root: true }))(
  'a disk that is mounted read-only',
  () => {
    it('is served as a killed server left it, and is checked by the doctor', async () => {
      const folder = await temporaryFolder()
      const server = await createServer({ storageDir: join(folder, 'storage'), workers: 2 })
      await server.start()
      const ledger = createLedger()
      const load = startLoad({ servers: [server.request], ledger, projects: ['p', 'q'], clients: 8, images: 20 })
      while (load.done() < 60) await sleep(10)
      await server.kill()
      await load.pause()

      const storageDir = join(folder, 'mounted')
      await mount(storageDir, '--bind', '-o', 'ro', join(folder, 'storage'))
      const service = await serve(['--storage', storageDir, '--workers', '2'])
      expect(service.stdout()).toContain(`files     ${storageDir} (read-only: changes are refused)\n`)
      const request = (path: string, init?: RequestInit) => fetch(`${service.url}${path}`, init)
      expect(await checkStore({ storageDir, ledger, request, published: false })).toEqual([])
      expect((await request('/projects/p/cover.webp?size=thumb')).status).toBe(200)
      expect(await (await request('/ready')).json()).toEqual({ status: 'ready', read_only: true })
      const body = formOf(await smallPhoto())
      const refused = await request('/projects/p/images', { method: 'POST', body })
      expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'read_only' }])

      const doctor = await runTintype(['doctor', '--storage', storageDir])
      expect([await doctor.ended, doctor.stderr()]).toEqual([0, ''])
      expect(await service.stop()).toBe(0)
      say(
        `read-only disk: ${acknowledgedIn(ledger)} uploads and deletes acknowledged and read, the doctor finds no damage`,
      )
    })
  },
)
