// A million reads of lists and variants, in four processes, while another one uploads, deletes and rearranges.

import { expect, it } from 'vitest'
import { z } from 'zod'
import { memoryFolder } from '../support/disk/memory-folder.ts'
import { say } from '../support/faults/say.ts'
import { startChild } from '../support/processes/child.ts'
import { createServer } from '../support/processes/server-tree.ts'
import { straysIn } from '../support/store/strays.ts'

const READS = Number(process.env.TINTYPE_FAULT_READS ?? 1_000_000)

/** Of all reads; one over HTTP costs as much as twenty others. */
const OVER_HTTP = 0.01
/** Reads of a variant, of all reads of one process; the others are of lists. */
const VARIANTS = 0.25
const READERS = 2
/** In each process, so that reads overlap with each other too. */
const CLIENTS = 6

/** How many images each has, about. The long one keeps most of its list in a sealed run. */
const PROJECTS = [
  { projectId: 'small', images: 4 },
  { projectId: 'medium', images: 20 },
  { projectId: 'long', images: 140 },
]

const toldSchema = z.object({
  findings: z.array(z.string()),
  counts: z.object({ lists: z.int(), variants: z.int(), gone: z.int(), revisions: z.int() }),
})
const writtenSchema = z.object({ changes: z.int(), failures: z.array(z.string()) })

it(`answers ${READS} reads whole or by "not found" while others write`, async () => {
  const storageDir = await memoryFolder()
  const child = (name: string) => startChild(new URL(`./torn-reads/${name}.mjs`, import.meta.url))
  const writer = await child('writer')
  await writer.ask({ type: 'open', storageDir })
  await writer.ask({ type: 'start', projects: PROJECTS })
  const server = await createServer({ storageDir })
  await server.start()
  const { origin } = new URL((await server.request('/health')).url)
  const readers = await Promise.all(Array.from({ length: READERS }, () => child('reader')))
  await Promise.all(readers.map((reader) => reader.ask({ type: 'open', storageDir })))

  const what = { type: 'read', projects: PROJECTS.map(({ projectId }) => projectId), share: VARIANTS, clients: CLIENTS }
  const overHttp = Math.ceil(READS * OVER_HTTP)
  const each = Math.ceil((READS - overHttp) / READERS)
  const answers = await Promise.all([
    ...readers.map((reader) => reader.ask({ ...what, reads: each })),
    (await child('http-reader')).ask({ ...what, reads: overHttp, url: origin }),
  ])
  const written = writtenSchema.parse(await writer.ask({ type: 'stop' }))
  const reports = answers.map((answer) => toldSchema.parse(answer))
  const sum = (what: keyof z.infer<typeof toldSchema>['counts']) =>
    reports.reduce((all, { counts }) => all + counts[what], 0)
  say(
    `torn reads: ${sum('lists')} lists and ${sum('variants')} variants, ${overHttp} of them over HTTP, ` +
      `${sum('gone')} deleted, ${sum('revisions')} revisions seen, ${written.changes} changes meanwhile`,
  )

  expect(reports.flatMap(({ findings }) => findings)).toEqual([])
  expect(written.failures).toEqual([])
  expect(written.changes).toBeGreaterThan(0)
  expect(await server.end()).toBe(0)
  expect(await straysIn(storageDir)).toEqual([])
})
