// Memory of the process that serves, in the settings of production. `npm run bench -- memory` prints the full numbers.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { underLoad } from '../../support/load/memory.mjs'
import { startInProduction } from '../../support/processes/production.mjs'
import { plantProject } from '../../support/store/planted-project.ts'
import { thorough } from '../../support/thorough.ts'

const MOST_BYTES = 250e6
const LOADS = ['small uploads', 'distinct URLs', 'open connections', 'long lists']

it('stays under 250 MB through small uploads, distinct URLs, many open connections and lists of 10,000 images', async () => {
  const cwd = await temporaryFolder()
  await mkdir(join(cwd, 'storage'))
  await plantProject({ storageDir: join(cwd, 'storage'), projectId: 'long', images: 10_000, files: false })
  const server = await startInProduction(cwd)
  onTestFinished(() => server.kill())
  const counts = thorough(
    { uploads: 24, urls: 800, connections: 300, lists: 2 },
    { uploads: 80, urls: 2000, connections: 1000, lists: 4 },
  )
  const peaks = await underLoad({ server, cwd, listed: 'long', ...counts })
  expect(peaks.map(({ load }) => load)).toEqual(LOADS)
  for (const { load, server } of peaks) {
    expect(server, load).toBeGreaterThan(50e6)
    expect(server, load).toBeLessThan(MOST_BYTES)
  }
}, 300_000)
