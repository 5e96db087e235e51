// Whether a process that left a folder still lives.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ownerLives, thisProcess } from '../../../../src/stores/file/staging/owner.ts'
import { sealOwner } from '../../../../src/stores/file/staging/owner-file.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'

/** A process that has ended and that its parent never waits for, as where a container has no init process. */
const zombie = async (): Promise<number> => {
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [line] = await once(parent.stdout, 'data')
  return Number(String(line))
}

const stateOf = async (pid: number) => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []

const ownerFile = async (owner: object): Promise<string> => {
  const path = join(await temporaryFolder(), 'owner', 'owner.json')
  await mkdir(join(path, '..'))
  await writeFile(path, sealOwner(path, owner))
  return path
}

it('a running process is alive', async () => {
  expect(await ownerLives(await ownerFile(await thisProcess()))).toBe(true)
})

it.skipIf(process.platform !== 'linux')(
  'a process that has ended is gone, though its parent has not waited for it',
  async () => {
    const pid = await zombie()
    const started = (await stateOf(pid))[19] ?? ''
    const path = await ownerFile({ ...(await thisProcess()), pid, started })
    await expect.poll(async () => (await stateOf(pid))[0]).toBe('Z')
    expect(await ownerLives(path)).toBe(false)
  },
)
