// What the README says is what Tintype does.

import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './support/disk/folder.ts'
import { withSettingsTable } from './support/settings-table.ts'
import { skipWithout } from './support/skip.ts'
import { serve } from './support/tintype.ts'
import { smallPhoto } from './support/upload.ts'

const run = promisify(execFile)
const readme = () => readFile(new URL('../README.md', import.meta.url), 'utf8')

/** Each curl says on stderr what status it got. */
const CURL = `curl() { command curl --silent --write-out '%{stderr}%{http_code} ' "$@"; }\n`

describe('the README', () => {
  it('has the table of settings that `npm run docs` writes', async () => {
    await expect(withSettingsTable(await readme())).toMatchFileSnapshot('../README.md')
  })

  it('has commands that work, one after the other', async (context) => {
    await run('curl', ['--version']).catch(() => skipWithout(context, 'curl (Debian: curl)'))
    const blocks = [...(await readme()).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
    const commands = blocks.filter((block) => block.includes('curl ')).join('')
    const service = await serve()
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'photo.jpg'), await smallPhoto())

    const script = CURL + commands.replaceAll('http://127.0.0.1:8001', service.url)
    const { stderr } = await run('sh', ['-eu', '-c', script], { cwd: folder })
    // Upload, cover, list, list, icon, three formats, primary, title, order, delete, delete; one with a key, and the one
    // that shows an error.
    expect(stderr.trim().split(' ')).toEqual(['201', ...Array(12).fill('200'), '201', '400'])
    const files = ['cover.avif', 'cover.jpg', 'icon.jpg', 'photo.any', 'photo.jpg', 'photo.webp']
    expect((await readdir(folder)).sort()).toEqual(files)
  })

  it('shows the configuration of nginx that is tested', async () => {
    expect(await readme()).toContain(await readFile(new URL('./http/response/nginx.conf', import.meta.url), 'utf8'))
  })
})
