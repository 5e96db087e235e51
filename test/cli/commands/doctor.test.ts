// `tintype doctor` as its users run it: exit codes, lines, JSON, and beside a server.

import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { PROBLEM_KINDS } from '../../../src/stores/file/doctor/problem.ts'
import { version } from '../../../src/version.ts'
import { createTestApp, uploadTo } from '../../support/app.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { runTintype, serve } from '../../support/processes/tintype.ts'
import { copyOf, seenIn } from '../../support/store/doctor.ts'
import { smallStore } from '../../support/store/doctor-stores.ts'
import { upload } from '../../support/upload.ts'

let made: { storageDir: string }

beforeAll(async () => {
  made = await smallStore()
})

const doctor = async (storageDir: string, ...flags: string[]) => {
  const run = await runTintype(['doctor', '--storage', storageDir, ...flags])
  return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() }
}

/** The command in this process. */
const doctorHere = (storageDir: string, ...flags: string[]) => runCliHere(['doctor', '--storage', storageDir, ...flags])

const documentSchema = z.strictObject({
  tintype: z.literal(version),
  storage: z.string(),
  fix: z.boolean(),
  findings: z.array(
    z.strictObject({
      project_id: z.string().nullable(),
      kind: z.enum(Object.keys(PROBLEM_KINDS)),
      path: z.string(),
      outcome: z.enum(['mendable', 'mended', 'unmendable', 'failed', 'noted']),
      detail: z.string(),
      done: z.string().nullable(),
    }),
  ),
  summary: z.strictObject({
    projects: z.int(),
    images: z.int(),
    mended: z.int(),
    remaining: z.int(),
    noted: z.int(),
  }),
  stopped: z.boolean(),
  result: z.enum(['clean', 'mended', 'damaged', 'failed']),
})

const documentOf = (stdout: string) => documentSchema.parse(JSON.parse(stdout))

describe('tintype doctor', () => {
  it('reports an intact store, with exit code 0', async () => {
    const { storageDir } = await copyOf(made.storageDir)
    expect(await doctor(storageDir)).toEqual({
      code: 0,
      stdout: '3 projects with 7 images checked: all is well.\n',
      stderr: '',
    })
    expect(documentOf((await doctorHere(storageDir, '--json')).stdout)).toMatchObject({ findings: [], result: 'clean' })
  })

  it('counts one project, one image and one note as one', async () => {
    const { app, storageDir } = await createTestApp()
    await uploadTo(app, 'one')
    await writeFile(join(storageDir, 'projects', 'one', 'mine.txt'), '')
    expect((await doctor(storageDir)).stdout).toMatch(/^1 project with 1 image checked: 1 note\.$/m)
  })

  it('has exit code 3 with damage, 2 where all of it was mended, then 0', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const before = await seenIn(storageDir, 'Other')
    const imageId = before?.ids[1] ?? ''
    const thumb = paths.variant('Other', imageId, 'thumb')
    const { size } = await stat(thumb)
    await rm(thumb)
    const problem = `projects/!other/thumb/${imageId}.jpg: missing; expected a file of ${size} bytes`

    const found = await doctor(storageDir)
    expect(found).toMatchObject({ code: 3, stderr: '' })
    expect(found.stdout).toBe(
      `damaged     ${problem}\n3 projects with 7 images checked: 1 damaged.\nRun it again with --fix to mend them.\n`,
    )
    const mended = await doctor(storageDir, '--fix')
    expect(mended).toMatchObject({ code: 2, stderr: '' })
    expect(mended.stdout).toContain(`mended      ${problem}\n            made again from original, byte for byte\n`)
    expect(await doctorHere(storageDir)).toMatchObject({ code: 0 })
    expect(await seenIn(storageDir, 'Other')).toEqual(before)
  })

  it('has exit code 3 where damage remains, and explains how to mend it', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    await rm(paths.variant('Other', (await seenIn(storageDir, 'Other'))?.ids[0] ?? '', 'original'))
    await rm(paths.published('shop'))
    const { code, stdout } = await doctorHere(storageDir, '--fix', '--json')
    expect(code).toBe(3)
    expect(documentOf(stdout)).toMatchObject({
      fix: true,
      result: 'damaged',
      summary: { mended: 1, remaining: 1 },
      findings: expect.arrayContaining([
        expect.objectContaining({ project_id: 'Other', kind: 'variant_missing', outcome: 'unmendable', done: null }),
        expect.objectContaining({ project_id: 'shop', kind: 'meta_missing', outcome: 'mended' }),
      ]),
    })
    expect((await doctorHere(storageDir, '--fix')).stdout).toContain('needs a copy from a backup')
  })

  it('inspects one project alone with --project', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    await rm(paths.published('shop'))
    expect(await doctorHere(storageDir, '--project', 'Other')).toMatchObject({ code: 0 })
    expect(await doctorHere(storageDir, '--project=shop')).toMatchObject({ code: 3 })
    expect(await doctorHere(storageDir, '--project', 'nobody')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'tintype: There is no project "nobody".\n',
    })
  })

  it('notes foreign files without counting them as damage, and escapes their names', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    await writeFile(join(paths.project('shop'), 'a\u001b[2J\nb'), '')
    const { code, stdout } = await doctorHere(storageDir, '--fix')
    expect(code).toBe(0)
    expect(stdout).toContain(
      'note        projects/shop/a\\u{1b}[2J\\u{a}b: does not belong to the store; not touched\n',
    )
  })

  it('notes the remains of a killed server without counting them as damage', async () => {
    const { storageDir } = await copyOf(made.storageDir)
    const server = await serve(['--storage', storageDir])
    await upload(server.url, 'shop')
    server.child.kill('SIGKILL')
    await server.ended
    const { code, stdout } = await doctorHere(storageDir)
    expect(stdout).toMatch(/^note {8}\.tmp\/\w+: its process has ended .*; the next start of a server sweeps it\n/)
    expect(code).toBe(0)
    const next = await serve(['--storage', storageDir])
    next.child.kill('SIGTERM')
    await next.ended
    expect(await doctorHere(storageDir)).toMatchObject({ code: 0, stdout: expect.stringContaining('all is well') })
  })

  it('has exit code 1 and one line of error where it cannot run', async () => {
    const { storageDir } = await copyOf(made.storageDir)
    const usage = '"tintype doctor --help" lists what it takes\n'
    expect(await doctorHere(storageDir, '--project', '../etc')).toMatchObject({ code: 1, stdout: '' })
    const misspelt = await doctor(storageDir, '--fixx')
    expect(misspelt).toMatchObject({ code: 1, stderr: expect.stringContaining('--fixx') })
    expect(misspelt).toMatchObject({ stderr: expect.stringContaining(usage) })
    const empty = await temporaryFolder()
    const refused = await doctorHere(empty, '--fix', '--json')
    expect(refused).toMatchObject({
      code: 1,
      stderr: `tintype: Expected a store in ${empty}; it has no folder "projects".\n`,
    })
    expect(JSON.parse(refused.stdout)).toMatchObject({ result: 'failed', findings: [] })
  })

  it('--help explains the exit codes', async () => {
    const run = await runTintype(['doctor', '--help'])
    expect(await run.ended).toBe(0)
    expect(run.stdout()).toMatch(
      /0 +clean\n +1 +could not be run\n +2 +all damage found is mended\n +3 +damage remains/,
    )
    for (const flag of ['--project', '--fix', '--json', '--storage', '--lock-stale-ms'])
      expect(run.stdout()).toContain(flag)
  })

  it('finds nothing beside a server with uploads, and mends files that the server then serves', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const imageId = (await seenIn(storageDir, 'Other'))?.ids[0] ?? ''
    const server = await serve(['--storage', storageDir, '--workers', '2'])
    let busy = true
    const uploads = async () => {
      let done = 0
      for (; busy; done++) expect((await upload(server.url, 'shop')).status).toBe(201)
      return done
    }
    const uploading = Promise.all([uploads(), uploads()])
    for (let round = 0; round < 2; round++)
      expect(await doctorHere(storageDir, '--fix')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('all is well'),
      })
    const url = `${server.url}/projects/Other/images/${imageId}?size=medium`
    await rm(paths.variant('Other', imageId, 'medium'))
    expect((await fetch(url)).status).not.toBe(200)
    expect(await doctorHere(storageDir, '--fix')).toMatchObject({ code: 2 })
    expect((await fetch(url)).status).toBe(200)
    busy = false
    const counts = await uploading
    const list = await fetch(`${server.url}/projects/shop/images`)
    expect(await list.json()).toMatchObject({ images: { length: 4 + (counts[0] ?? 0) + (counts[1] ?? 0) } })
    server.child.kill('SIGTERM')
    await server.ended
    expect(await doctorHere(storageDir)).toMatchObject({ code: 0 })
  })
})
