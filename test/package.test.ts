// The npm package as a stranger gets it: packed, installed in an empty folder, run, imported, type checked.

import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { version } from '../src/version.ts'
import { temporaryFolder } from './support/disk/folder.ts'
import { skipWithout } from './support/skip.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const run = async (program: string, args: readonly string[], cwd: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(program, [...args], { cwd, timeout: 300_000 })
  return stdout
}

/** Mounts Tintype in another app and sends it a request. Checked as TypeScript, run with its types removed. */
const CONSUMER = `
import { Hono } from 'hono'
import { createTintype, SIZES, type Tintype, TintypeError } from 'tintype'
import { createClient, dataOf, type TintypeClient } from 'tintype/client'

const tintype: Tintype = createTintype({ storageDir: './pictures', encoders: 1, basePath: '/media' })
await tintype.ready
const app = new Hono().get('/', (c) => c.text('mine')).route('/media', tintype.app)
const form = new FormData()
form.set('file', new Blob([process.argv[2] ?? '']), 'photo.jpg')
const refused = await app.request('/media/projects/demo/images', { method: 'POST', body: form })
const client: TintypeClient = createClient({
  baseUrl: 'http://localhost/media',
  fetch: async (input, init) => app.request(new Request(input, init)),
})
const { status } = await dataOf(client.api.GET('/health'))
const answers = [(await app.request('/')).status, (await app.request('/media/health')).status, refused.status]
console.log(JSON.stringify({ answers, sizes: SIZES, error: new TintypeError('busy', 'later').code, status }))
await tintype.close()
`

const TSCONFIG = {
  compilerOptions: {
    ...{ target: 'es2023', module: 'nodenext', strict: true, outDir: 'out', rootDir: '.' },
    ...{ types: ['node'], typeRoots: [join(root, 'node_modules', '@types')] },
  },
  files: ['consumer.ts'],
}

/** How npm says that it has no network. The message of a failed program holds what it wrote to stderr. */
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ENOTCACHED)\b/

const SHIPPED =
  /^(dist\/.+\.(js|d\.ts)|dist\/gallery\/.+\.(html|css|svg)|openapi\.yaml|README\.md|LICENSE|package\.json)$/
const packedSchema = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })])

describe('the npm package', () => {
  it('installs in an empty folder, where its command, its library and its types work', async (context) => {
    const folder = await temporaryFolder()
    const [{ filename, files }] = packedSchema.parse(
      JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', folder], root)),
    )
    const paths = files.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/cli/main.js',
        'dist/index.d.ts',
        'dist/client/index.js',
        'dist/gallery/index.html',
        'openapi.yaml',
        'LICENSE',
      ]),
    )
    expect(paths.filter((path) => !SHIPPED.test(path))).toEqual([])

    await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    const quietly = [
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--fetch-retry-mintimeout=500',
      '--fetch-retry-maxtimeout=1000',
    ]
    await run('npm', ['install', ...quietly, join(folder, filename)], folder).catch((error: Error) => {
      if (UNREACHABLE.test(error.message)) skipWithout(context, 'a way to the npm registry')
      throw error
    })

    expect(await run('npx', ['--no-install', 'tintype', '--version'], folder)).toBe(`${version}\n`)

    await writeFile(join(folder, 'consumer.ts'), CONSUMER)
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')], folder)
    expect(JSON.parse(await run(process.execPath, [join('out', 'consumer.js'), 'no picture'], folder))).toEqual({
      answers: [200, 200, 415],
      sizes: ['original', 'medium', 'thumb', 'game'],
      error: 'busy',
      status: 'ok',
    })
    expect(await readdir(join(folder, 'pictures'))).toContain('projects')
  }, 300_000)
})

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
})

describe('package-lock.json', () => {
  it('names the packages of every platform, because npm ci refuses a lock file that lacks one', async () => {
    const { packages } = lockSchema.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    )
    expect(missing).toEqual([])
  })
})
