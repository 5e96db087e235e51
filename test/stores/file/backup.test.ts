// A backup while the server runs: the command of the guide, with people at work, and what the copy is worth.

import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { VARIANTS } from '../../../src/core/names.ts'
import { signedInSchema } from '../../../src/http/schemas/accounts.ts'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { readGuide } from '../../support/guides.ts'
import { noisePicture, sha256Of, sprite } from '../../support/pictures/pictures.ts'
import { runTintype, serve } from '../../support/processes/tintype.ts'
import { skipWithout } from '../../support/skip.ts'
import { readProject } from '../../support/store/read-project.ts'
import { formOf } from '../../support/upload.ts'

const run = promisify(execFile)

const PASSWORD = 'correct horse battery staple'
const PROJECTS = ['first', 'Second']
const WRITERS = 4
const COPIES = 2
/** A copy may hold the lock of a change that was under way; no process works with it, so a short wait is enough. */
const LOCK_STALE_MS = '2000'
/** Uploads that are acknowledged before each copy begins, at least. */
const UPLOADS = 10

const json = (body: unknown, headers: Record<string, string> = {}) => ({
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** The command of the guide to the storage folder. */
const backupCommand = async (): Promise<string> => {
  const [command] = /^tar --sort=name .*$/m.exec(await readGuide('storage/README.md')) ?? []
  if (command === undefined) throw new Error('expected a line that begins with "tar --sort=name" in storage/README.md')
  return command
}

it('contains every change acknowledged before it began, and is a valid store', async (context) => {
  const { stdout } = await run('tar', ['--version']).catch(() => ({ stdout: '' }))
  if (!stdout.includes('GNU tar')) skipWithout(context, 'GNU tar')
  const folder = await temporaryFolder()
  const env = { REGISTRATION: 'open', SIGN_IN_LIMIT: '0' }
  const { url } = await serve(['--storage', join(folder, 'storage')], { env })
  const register = async (name: string) => {
    const account = { email: `${name}@example.com`, password: PASSWORD }
    const answer = await fetch(`${url}/auth/register`, { method: 'POST', ...json(account) })
    return signedInSchema.parse(await answer.json())
  }
  const { access_token } = await register('ada')
  const headers = { Authorization: `Bearer ${access_token}` }

  /** Images that were acknowledged, by project, with the hash of what was sent. */
  const acknowledged = PROJECTS.map((projectId) => ({ projectId, images: new Map<string, string>() }))
  const total = () => acknowledged.reduce((sum, { images }) => sum + images.size, 0)
  let running = true
  const write = async (writer: number): Promise<void> => {
    for (let turn = 0; running; turn++) {
      const into = acknowledged[(turn + writer) % PROJECTS.length]
      if (!into) return
      const { bytes, sha256 } = await noisePicture()
      const path = `${url}/projects/${into.projectId}`
      const answer = await fetch(`${path}/images`, { method: 'POST', headers, body: formOf(bytes) })
      const { image_id } = uploadSchema.parse(await answer.json())
      into.images.set(image_id, sha256)
      await fetch(`${path}/primary/${image_id}`, { method: 'PUT', headers })
      if (turn % 5 === 0) await fetch(path, { method: 'PATCH', ...json({ title: `turn ${turn}` }, headers) })
    }
  }
  let writers: Promise<void>[] = []
  const startWriters = () => {
    running = true
    writers = Array.from({ length: WRITERS }, (_, at) => write(at))
  }
  const stopWriters = async () => {
    running = false
    await Promise.all(writers)
  }
  onTestFinished(async () => {
    running = false
    await Promise.allSettled(writers)
  })

  /** A picture whose pixels are kept beside its JPEG files. */
  const transparent = await sprite().png().toBuffer()
  const sent = await fetch(`${url}/projects/first/images`, { method: 'POST', headers, body: formOf(transparent) })
  const { image_id: spriteId } = uploadSchema.parse(await sent.json())
  acknowledged[0]?.images.set(spriteId, sha256Of(transparent))

  const more = async (uploads: number): Promise<void> => {
    for (const enough = total() + uploads; total() < enough; )
      await Promise.race([...writers, new Promise((resolve) => setTimeout(resolve, 10))])
  }
  for (let copy = 0; copy < COPIES; copy++) {
    startWriters()
    await more(UPLOADS)
    const user = `user-${copy}`
    await register(user)
    const before = acknowledged.map(({ projectId, images }) => ({ projectId, images: new Map(images) }))
    // GNU tar says by 1 that files changed or went while it read.
    await run('sh', ['-c', await backupCommand()], { cwd: folder }).catch((error: { code?: number }) => {
      if (error.code !== 1) throw error
    })
    await more(1)
    await stopWriters()

    const restored = join(folder, `restored-${copy}`)
    await mkdir(restored)
    await run('tar', ['-C', restored, '-xf', join(folder, 'backup.tar')])
    const doctor = await runTintype(['doctor', '--fix', '--storage', restored, '--lock-stale-ms', LOCK_STALE_MS])
    expect([0, 2], doctor.stdout()).toContain(await doctor.ended)
    for (const { projectId, images } of before) {
      const { images: found } = await readProject(restored, projectId)
      const records = new Map(found.map((image) => [image.id, image]))
      for (const [id, sha256] of images) {
        const record = records.get(id)
        expect(record?.sha256, `${id} of ${projectId}`).toBe(sha256)
        for (const variant of VARIANTS) {
          const size = record?.sizes[variant]
          if (!size) continue
          const file = await readFile(createPaths(restored).variant(projectId, id, variant))
          expect(sha256Of(file), `${variant} of ${id}`).toBe(size.sha256)
        }
        if (id === spriteId) expect(record).toMatchObject({ transparent: true, sizes: { source: { width: 96 } } })
      }
    }

    const again = await serve(['--storage', restored], { env: { ...env, LOCK_STALE_MS } })
    const session = { email: `${user}@example.com`, password: PASSWORD }
    expect((await fetch(`${again.url}/auth/login`, { method: 'POST', ...json(session) })).status).toBe(200)
    const body = formOf((await noisePicture()).bytes)
    expect((await fetch(`${again.url}/projects/first/images`, { method: 'POST', headers, body })).status).toBe(201)
    again.child.kill('SIGTERM')
    expect(await again.ended).toBe(0)
  }
})
