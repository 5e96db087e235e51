// Several workers on one port and one folder.

import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { serve } from '../support/processes/tintype.ts'
import { skipWithout } from '../support/skip.ts'
import { upload } from '../support/upload.ts'

const uploaded = z.object({ image_id: z.string() })
const listed = z.object({ images: z.array(z.object({ id: z.string(), is_primary: z.boolean() })) })

const idsIn = async (url: string): Promise<string[]> => {
  const list = listed.parse(await (await fetch(`${url}/projects/demo/images`)).json())
  expect(list.images.filter((image) => image.is_primary)).toHaveLength(1)
  return list.images.map(({ id }) => id)
}

const uploadMany = async (url: string, count: number): Promise<string[]> => {
  const answers = await Promise.all(Array.from({ length: count }, () => upload(url, 'demo')))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
  return Promise.all(answers.map(async (answer) => uploaded.parse(await answer.json()).image_id))
}

/** Child processes, from /proc. */
const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)

describe('four workers', () => {
  it('share one project without losing an image, and continue when one of them is killed', async (context) => {
    const service = await serve(['--workers', '4'])
    expect(service.stdout()).toContain('4 workers')
    // A new connection goes to the next worker, so each of them gets three.
    const first = await uploadMany(service.url, 12)
    expect((await idsIn(service.url)).sort()).toEqual([...first].sort())

    if (!existsSync(`/proc/self/task/${process.pid}/children`))
      skipWithout(context, 'a /proc that names child processes')
    const workers = childrenOf(service.child.pid)
    expect(workers).toHaveLength(4)
    const victim = workers[0] ?? 0
    process.kill(victim, 'SIGKILL')

    while (childrenOf(service.child.pid).includes(victim) || childrenOf(service.child.pid).length < 4) await sleep(20)
    const second = await uploadMany(service.url, 12)
    expect((await idsIn(service.url)).sort()).toEqual([...first, ...second].sort())
    expect(service.stderr()).toContain('worker died; starting another one')

    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(0)
  })
})
