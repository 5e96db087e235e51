// The guides: their commands work, their tables are the code's, their links lead somewhere.

import { execFile } from 'node:child_process'
import { access, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, type TestContext, vi } from 'vitest'
import { temporaryFolder } from './support/disk/folder.ts'
import { codeBlocks, GUIDES, pathOfGuide, readGuide, withSettingsTable } from './support/guides.ts'
import { smallPhoto } from './support/pictures/pictures.ts'
import { serve } from './support/processes/tintype.ts'
import { skipWithout } from './support/skip.ts'
import { upload } from './support/upload.ts'

const run = promisify(execFile)
const dist = (name: string) => fileURLToPath(new URL(`../dist/${name}`, import.meta.url))

/** Reports the status of each answer on stderr. */
const CURL = `curl() { command curl --silent --write-out '%{stderr}%{http_code} ' "$@"; }\n`

/** Blocks that `.ci/run` and the run of this test cover. */
const COVERED = ['npm start\n', 'npm test\n']

/**
 * Runs the `sh` blocks of a guide, one after the other, in a folder with a photo and the folder `storage` of a running
 * server. Commands of `tintype` work on `commandStorage`.
 */
const runGuide = async (
  guide: (typeof GUIDES)[number],
  context: TestContext,
  { commandStorage }: { commandStorage: 'storage' | 'other-storage' },
) => {
  await run('curl', ['--version']).catch(() => skipWithout(context, 'curl (Debian: curl)'))
  const folder = await temporaryFolder()
  const service = await serve(['--storage', join(folder, 'storage')])
  await writeFile(join(folder, 'photo.jpg'), await smallPhoto())
  if (commandStorage === 'storage') await upload(service.url, 'demo')
  const commands = codeBlocks(await readGuide(guide), 'sh').filter((block) => !COVERED.includes(block))
  const script = commands
    .join('')
    .replaceAll('http://127.0.0.1:8001', service.url)
    .replaceAll('npm run --silent tintype --', `"${process.execPath}" "${dist('cli/main.js')}"`)
  const env = { PATH: process.env.PATH, STORAGE_DIR: commandStorage }
  const { stdout, stderr } = await run('sh', ['-eu', '-c', CURL + script], { cwd: folder, env })
  return { folder, stdout, statuses: stderr.match(/\b[2-5]\d\d(?= )/g) ?? [] }
}

// A limit against hanging: the commands of a guide start several servers.
vi.setConfig({ testTimeout: 240_000 })

describe('README.md', () => {
  it('has commands that work in their order', async (context) => {
    const { folder, statuses } = await runGuide('README.md', context, { commandStorage: 'other-storage' })
    // Upload, list, list, cover, icon, WebP, primary, title, delete, delete.
    expect(statuses).toEqual(['201', ...Array(9).fill('200')])
    expect((await readdir(folder)).sort()).toEqual(['cover.jpg', 'icon.jpg', 'photo.jpg', 'photo.webp', 'storage'])
  })

  it('is a page of at most 250 lines', async () => {
    expect((await readGuide('README.md')).split('\n').length).toBeLessThanOrEqual(251)
  })
})

describe('the API guide', () => {
  it('has commands that work in their order', async (context) => {
    const { folder, statuses, stdout } = await runGuide('src/http/README.md', context, {
      commandStorage: 'other-storage',
    })
    // Upload, list, original, three formats, two of transparency, filtered list; upload with details, details, many at
    // once; a new project and its upload; primary, title, order, tags, by tag; list, deletion; asset, its picture, list,
    // deletion; changes, a wait, two streams; the error, Idempotency-Key, two of If-Match, a job and two of it, a batch
    // and its counts, archive, manifest, atlas, five of collections, a webhook, members.
    const [ok, created, accepted] = ['200', '201', '202']
    expect(statuses).toEqual(
      [
        created,
        Array(9).fill(ok),
        created,
        ok,
        ok,
        ok,
        created,
        created,
        Array(7).fill(ok),
        created,
        Array(7).fill(ok),
        '400',
        created,
        ok,
        ok,
        accepted,
        ok,
        ok,
        accepted,
        ok,
        ok,
        ok,
        ok,
        created,
        ok,
        ok,
        created,
        ok,
        created,
        ok,
      ].flat(),
    )
    const formats = ['cover.avif', 'photo.auto', 'photo.jpg.copy', 'photo.webp', 'sprite.png', 'icon.webp']
    // The smallest is an icon of one colour.
    for (const name of formats) expect((await readFile(join(folder, name))).length).toBeGreaterThan(50)
    expect(stdout).toMatch(/exp=\d+.*sig=/)
  })

  it('has a program with the client that works', async () => {
    const [example = ''] = codeBlocks(await readGuide('src/http/README.md'), 'js').filter((block) =>
      block.includes('tintype/client'),
    )
    const folder = await temporaryFolder()
    const { url } = await serve(['--storage', join(folder, 'storage')])
    await upload(url, 'demo')
    await writeFile(join(folder, 'photo.jpg'), await smallPhoto())
    const script = example
      .replace("'tintype/client'", JSON.stringify(pathToFileURL(dist('client/index.js')).href))
      .replace('http://127.0.0.1:8001', url)
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    expect(stderr).toBe('')
    const lines = stdout.trim().split('\n')
    expect(lines[0]).toBe('0 %')
    expect(lines).toContain('100 %')
    expect(lines.filter((line) => /^[0-9a-z]{20} photo\.jpg$/.test(line))).toHaveLength(2)
  })

  it('shows the examples of games that are tested, each of at most 40 lines', async () => {
    const blocks = codeBlocks(await readGuide('src/http/README.md'), 'js')
    const folder = new URL('../src/client/examples/', import.meta.url)
    const names = await readdir(folder)
    expect(names.sort()).toEqual([
      ...['live-cover.js', 'phaser-atlas.js', 'phaser-covers.js', 'phaser-pictures.js', 'phaser.js'],
      ...['pixi-pictures.js', 'pixi.js'],
    ])
    for (const name of names) {
      const text = await readFile(new URL(name, folder), 'utf8')
      expect(blocks, name).toContain(text)
      expect(text.split('\n').length - 1, name).toBeLessThanOrEqual(40)
    }
  })

  it('signs a URL as it shows', async () => {
    const [example = ''] = codeBlocks(await readGuide('src/http/README.md'), 'js').filter((block) =>
      block.includes('signUrl'),
    )
    const script = `${example.replace("'tintype'", JSON.stringify(pathToFileURL(dist('index.js')).href))}`
    const printing = script.replace("signUrl('", "const url = signUrl('").concat('\nconsole.log(url)\n')
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', printing], {
      env: { SIGNING_KEY: 'a-signing-key-of-the-test' },
    })
    expect(stdout).toMatch(/^\/projects\/demo\/images\/\w+\/render\?w=640&exp=\d+&sig=/)
  })
})

describe('the guide to running it', () => {
  it('has the table of settings that `npm run docs` writes', async () => {
    const path = pathOfGuide('src/server/README.md')
    await expect(withSettingsTable(await readGuide('src/server/README.md'))).toMatchFileSnapshot(path)
  })

  it('has commands that work', async (context) => {
    const { stdout } = await runGuide('src/server/README.md', context, { commandStorage: 'other-storage' })
    expect(stdout).toContain('--max-upload-bytes')
  })

  it('shows the configurations of nginx that are tested', async () => {
    const conf = await readFile(new URL('./http/response/nginx.conf', import.meta.url), 'utf8')
    const guide = await readGuide('src/server/README.md')
    expect(guide).toContain(conf)
    const tls = await readFile(new URL('./http/response/nginx-tls.conf', import.meta.url), 'utf8')
    // Indented as a part of a list.
    expect(guide).toContain(tls.replace(/^(?=.)/gm, '   '))
  })

  it('has a systemd unit whose program exists', async () => {
    const guide = await readGuide('src/server/README.md')
    const [, script = ''] = /^ExecStart=\/usr\/bin\/node dist\/(\S+) serve$/m.exec(guide) ?? []
    await access(dist(script))
  })
})

describe('the guide to the storage folder', () => {
  it('has commands that work in their order', async (context) => {
    const { stdout: tar } = await run('tar', ['--version']).catch(() => ({ stdout: '' }))
    if (!tar.includes('GNU tar')) skipWithout(context, 'GNU tar')
    const { folder, stdout } = await runGuide('storage/README.md', context, { commandStorage: 'storage' })
    expect(await readdir(folder)).toContain('restored')
    expect(stdout).toMatch(/"clean"|clean|no problems/i)
  })
})

describe('every guide', () => {
  it.each(GUIDES)('%s links to existing files and headings', async (guide) => {
    const text = await readGuide(guide)
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
    for (const link of links.filter((each) => !/^https?:/.test(each))) {
      const [path = '', heading] = link.split('#')
      const target = path === '' ? pathOfGuide(guide) : join(dirname(pathOfGuide(guide)), path)
      await access(target)
      if (heading !== undefined) expect(headingsOf(await readFile(target, 'utf8')), link).toContain(heading)
    }
  })
})

describe('the guide to the tests', () => {
  it('names existing files and folders', async () => {
    const text = await readGuide('test/README.md')
    const names = [...text.matchAll(/`([\w/-]+(?:\.whole)?\.test\.ts|[\w/-]+\/)`/g)].map(([, name = '']) => name)
    const named = names.filter((name) => !name.startsWith('test/'))
    expect(named.length).toBeGreaterThan(10)
    for (const name of named) await access(join(dirname(pathOfGuide('test/README.md')), name))
  })
})

/** Anchors of the headings, as GitHub makes them. */
const headingsOf = (markdown: string): string[] =>
  [...markdown.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
