// The server as the first process of a container: no init process passes signals on, or collects orphans.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/disk/folder.ts'
import { say } from '../support/faults/say.ts'
import { isMissing } from '../support/needs.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { commandOf, parentOf } from '../support/processes/processes.ts'
import { createServer } from '../support/processes/server-tree.ts'
import { beginUpload, untilRefused } from '../support/processes/slow-upload.ts'
import { formOf } from '../support/upload.ts'

/** Runs a program as process 1 of a new process namespace, with a /proc of its own. */
const CONTAINER = ['unshare', '--pid', '--fork', '--mount-proc']

describe.skipIf(isMissing({ fault: 'process 1', programs: { unshare: 'util-linux' }, root: true }))(
  'process 1 of a container',
  () => {
    it.each([1, 2])(
      'with %i worker(s) finishes the upload under way at SIGTERM, and leaves no process',
      async (workers) => {
        const storageDir = join(await temporaryFolder(), 'storage')
        const server = await createServer({ storageDir, workers, under: CONTAINER })
        await server.start()
        const body = formOf(await smallPhoto())
        expect((await server.request('/projects/slow/images', { method: 'POST', body })).status).toBe(201)
        const slow = await beginUpload(server.port)
        const first = server.processes().find((pid) => commandOf(parentOf(pid)).startsWith('unshare '))
        if (first === undefined) throw new Error('there is no process in the container')
        process.kill(first, 'SIGTERM')
        await untilRefused(server.port)
        expect(await slow.finish()).toContain('201 Created')
        // unshare ends with the exit code of process 1.
        expect(await server.ended()).toBe(0)
        expect(server.processes()).toEqual([])
        say(`process 1 of a container: ${workers} worker(s) ended in good order`)
      },
    )
  },
)
