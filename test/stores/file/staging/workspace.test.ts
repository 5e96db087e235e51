// The workspace of a process that was taken for dead, and goes on.

import { mkdir, readdir, rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { createWorkspace } from '../../../../src/stores/file/staging/workspace.ts'
import { type DiskCall, watchDisk } from '../../../support/disk/calls.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../../support/disk/calls.ts')).watched(await original()),
)

it('is renewed once for all work that begins meanwhile, and has its old name until then', async () => {
  const paths = createPaths(await temporaryFolder())
  await mkdir(paths.tmp)
  const workspace = createWorkspace({ paths })
  await workspace.open()
  onTestFinished(() => workspace.close())
  const old = workspace.path
  await rename(old, `${old}.left`)

  const names: string[] = []
  let second: Promise<string> | undefined
  const isRenewal = ({ name, path }: DiskCall) => name === 'mkdir' && dirname(path) === paths.tmp
  await new Promise<void>((isDone, fail) => {
    let refused = () => {}
    watchDisk({
      async before(call) {
        if (!isRenewal(call) || second) return
        names.push(workspace.path)
        // Refused by whatever workspace it finds now.
        const isRefused = new Promise<void>((resolve) => {
          refused = resolve
        })
        second = workspace.folder('Game')
        second.then(() => isDone(), fail)
        await isRefused
      },
      ended({ name, path }) {
        if (second && name === 'mkdir' && dirname(path) !== paths.tmp) refused()
      },
    })
    workspace.folder('Game').catch(fail)
  })
  expect(names).toEqual([old])
  expect((await readdir(paths.tmp)).sort()).toEqual([`${basename(old)}.left`, basename(workspace.path)].sort())
  expect(dirname((await second) ?? '')).toBe(workspace.path)
})
