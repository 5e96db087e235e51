// Settings: where they come from, what they take, and what is said of wrong ones.

import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ConfigSources, loadConfig, SETTINGS } from '../../src/config/load.ts'
import { temporaryFolder } from '../support/disk/folder.ts'

const load = (sources: ConfigSources = {}) => loadConfig({ env: {}, envFile: 'there-is-none', ...sources }).config

const mistakesOf = (sources: ConfigSources): string[] => {
  try {
    load(sources)
  } catch (error) {
    if (error instanceof Error) return error.message.split('\n')
  }
  return []
}

const envFileWith = async (text: string): Promise<string> => {
  const path = join(await temporaryFolder(), '.env')
  await writeFile(path, text)
  return path
}

describe('the setting PREFETCH', () => {
  it('is checked against the presets', () => {
    expect(load({ env: { PREFETCH: 'thumb.webp,card', PRESETS: 'card:w=80' } }).prefetch).toHaveLength(2)
    expect(mistakesOf({ env: { PREFETCH: 'thumb.webp,card' } })).toEqual([
      'PREFETCH: expected sizes such as thumb.webp or medium.avif (there are no presets), got "thumb.webp,card"',
    ])
    expect(mistakesOf({ flags: { '--prefetch': 'cards' }, env: { PRESETS: 'card:w=80' } })).toEqual([
      '--prefetch: expected sizes such as thumb.webp or medium.avif, or presets (card), got "cards"',
    ])
  })
})

describe('the setting ENCODERS', () => {
  it('is 0 only where a broker leads to other processes', () => {
    const QUEUE = 'amqp://127.0.0.1'
    expect(load({ env: { ENCODERS: '0', QUEUE } }).encoders).toBe(0)
    expect(mistakesOf({ flags: { '--encoders': '0' } })).toEqual([
      '--encoders: expected at least 1 where QUEUE is not set, because "tintype work" is reached over it; got 0',
    ])
  })
})

describe('settings', () => {
  it('have the defaults of the design', () => {
    const { trustProxy, ...config } = load()
    expect(trustProxy('127.0.0.1')).toBe(false)
    expect(config).toEqual({
      port: 8001,
      readOnly: 'auto',
      gallery: true,
      galleryIndex: false,
      host: '127.0.0.1',
      storageDir: resolve('storage'),
      bucket: undefined,
      workers: 1,
      encoders: availableParallelism(),
      encoderWaitMs: 30_000,
      jobDays: 7,
      maxQueuedJobs: 10_000,
      queue: '',
      maxUploadBytes: 25 * 1024 * 1024,
      maxBulkFiles: 1000,
      maxBulkBytes: 4 * 1024 ** 3,
      maxPixels: 100_000_000,
      background: '#ffffff',
      keepSource: 'transparent',
      maxWaiting: 64,
      maxEventStreams: 1000,
      encodeDeadlineMs: 30_000,
      lockStaleMs: 10_000,
      minFreeBytes: 64 * 1024 * 1024,
      cacheBytes: 64 * 1024 * 1024,
      diskCacheBytes: 2 * 1024 ** 3,
      accelRedirect: undefined,
      redirectToBucket: false,
      presets: new Map(),
      prefetch: [],
      signingKeys: [],
      auth: 'auto',
      apiKeys: [],
      newVisibility: 'public',
      registration: 'closed',
      issuer: undefined,
      webhook: undefined,
      webhookAllow: { hosts: new Set(), networks: [] },
      rateLimit: 0,
      rateLimitWrites: 'auto',
      rateLimitWindow: 60,
      signInLimit: 10,
      rateLimitRedis: '',
      allowedOrigins: [],
      maxImagesPerProject: 0,
      maxAtlasImages: 6000,
      maxBytesPerOwner: 0,
      logLevel: 'info',
      logFormat: 'auto',
    })
  })

  it('prefer a flag to the environment, and the environment to .env', async () => {
    const envFile = await envFileWith('PORT=1\nHOST=a\nWORKERS=3\n')
    const config = load({ flags: { '--port': '3' }, env: { PORT: '2', HOST: 'b' }, envFile })
    expect(config).toMatchObject({ port: 3, host: 'b', workers: 3 })
  })

  it('are unset where the environment or .env contains an empty text', async () => {
    const envFile = await envFileWith('PORT=\nWORKERS=2\n')
    expect(load({ env: { PORT: '', WORKERS: '' }, envFile })).toMatchObject({ port: 8001, workers: 2 })
  })

  it('in .env may have quotes, comments and unknown names', async () => {
    const envFile = await envFileWith('# the studio\nexport HOST="::1" # all of it\nOTHER=x\nBACKGROUND="#000000"\n')
    expect(load({ envFile })).toMatchObject({ host: '::1', background: '#000000' })
  })

  it.each([
    ['1000', 1000],
    ['25MiB', 26_214_400],
    ['25 mib', 26_214_400],
    ['25MB', 25_000_000],
    ['1gb', 1e9],
    ['512kB', 512_000],
    ['4KiB', 4096],
  ])('accept a size such as %s', (text, bytes) => {
    expect(load({ env: { MAX_UPLOAD_BYTES: text } }).maxUploadBytes).toBe(bytes)
  })

  it.each([
    ['CACHE_BYTES', 'cacheBytes'],
    ['DISK_CACHE_BYTES', 'diskCacheBytes'],
    ['MIN_FREE_BYTES', 'minFreeBytes'],
  ])('accept 0 for no limit in %s, and up to 1 PiB', (env, key) => {
    for (const [text, bytes] of [
      ['0', 0],
      ['1', 1],
      ['1048576GiB', 2 ** 50],
    ] as const)
      expect(load({ env: { [env]: text } })).toMatchObject({ [key]: bytes })
    expect(mistakesOf({ env: { [env]: '1048577GiB' } })).toEqual([
      `${env}: expected a size in bytes, such as 2GiB or 500MB; 0 for none, got "1048577GiB"`,
    ])
    expect(mistakesOf({ env: { [env]: '-1' } })).toHaveLength(1)
  })

  it('accept megapixels, and `cores` as a number of processes', () => {
    const config = load({ env: { MAX_PIXELS: '24MP', WORKERS: 'cores', ENCODERS: '3' } })
    expect(config).toMatchObject({ maxPixels: 24_000_000, workers: availableParallelism(), encoders: 3 })
  })

  it('make the storage folder an absolute path', () => {
    expect(load({ flags: { '--storage': 'pictures' } }).storageDir).toBe(resolve('pictures'))
  })

  it('are equal in a worker, which receives them in its environment and reads no .env', async () => {
    const envFile = await envFileWith('PORT=1\nMAX_PIXELS=1\nPRESETS=card:w=1\n')
    const given = { MAX_UPLOAD_BYTES: '1MiB', ENCODERS: 'cores', BACKGROUND: '#ABCDEF', PORT: '0' }
    const { config, env } = loadConfig({ flags: { '--presets': '' }, env: given, envFile })
    const worker = load({ env, envFile: false })
    expect({ ...worker, trustProxy: undefined }).toEqual({ ...config, trustProxy: undefined })
    expect(config).toMatchObject({ maxPixels: 1, presets: new Map() })
    expect(Object.keys(env)).toEqual(SETTINGS.map(({ env }) => env))
  })

  it('have names of one pattern and a line of explanation each', () => {
    for (const { env, flag, unit, initial, doc } of SETTINGS) {
      expect(env).toMatch(/^[A-Z][A-Z0-9_]+$/)
      expect(flag).toBe(env === 'STORAGE_DIR' ? 'storage' : env.toLowerCase().replaceAll('_', '-'))
      for (const text of [unit, doc]) expect(text).toMatch(/^\S.*\S$|^\S$/)
      expect(initial).toBe(initial.trim())
    }
  })
})

describe('wrong settings', () => {
  it('are reported at once, each with its name, the expected and the received value', async () => {
    const envFile = await envFileWith('LOG_LEVEL=loud\n')
    const flags = { '--port': '70000', '--workers': undefined }
    const env = { ENCODERS: 'many', BACKGROUND: 'white', PORT: '1' }
    expect(mistakesOf({ flags, env, envFile, mistakes: ['--prot: no such flag'] })).toEqual([
      '--prot: no such flag',
      '--port: expected a whole number from 0 to 65535, got "70000"',
      '--workers: expected a whole number from 1 to 128, or the word cores, got nothing',
      'ENCODERS: expected a whole number from 0 to 128, or the word cores, got "many"',
      'BACKGROUND: expected a colour as #rrggbb, such as #ffffff, got "white"',
      'LOG_LEVEL (in .env): expected one of trace, debug, info, warn, error, fatal, silent, got "loud"',
    ])
  })

  it.each([
    ['PORT', ['-1', '8001.5', '0x10', '8001 ', 'http', '65536']],
    ['HOST', ['http://localhost', 'a b']],
    ['STORAGE_DIR', [' ']],
    ['WORKERS', ['0', '129', 'core']],
    ['MAX_UPLOAD_BYTES', ['0', '-5', '25 potatoes', '1.5MiB', 'MiB', '2000GiB', '1e6']],
    ['MAX_PIXELS', ['0', '100MiB', '1001MP']],
    ['BACKGROUND', ['#fff', 'ffffff', '#gggggg', 'rgb(0,0,0)']],
    ['LOCK_STALE_MS', ['1999', '10s']],
    ['MAX_WAITING', ['-1', 'all']],
    ['ENCODE_DEADLINE_MS', ['0', '30s']],
    ['LOG_LEVEL', ['INFO', 'verbose']],
  ])('%s refuses %j', (name, values) => {
    for (const value of values) {
      const mistakes = mistakesOf({ env: { [name]: value } })
      expect(mistakes).toHaveLength(1)
      expect(mistakes[0]).toMatch(new RegExp(`^${name}: expected .*, got "`))
      expect(mistakes[0]).toContain(`"${value}"`)
    }
  })

  it('are explained by one sentence for each mistake of a preset', () => {
    expect(mistakesOf({ env: { PRESETS: 'card:w=0;no-colon;Bad Name:w=1;twice:w=1;twice:w=2' } })).toEqual([
      'PRESETS: preset "card": w: expected a whole number from 1 to 4096, received "0"',
      'PRESETS: "no-colon": expected a name and a transform, such as card:w=320,h=180',
      'PRESETS: preset "Bad Name": expected a name of 1 to 32 characters of a-z 0-9 _ -',
      'PRESETS: preset "twice": expected each name once, there are two of this name',
    ])
  })

  it.each([
    ['PRESETS', ';', 'PRESETS: ";": expected a name and a transform, such as card:w=320,h=180'],
    ['API_KEYS', ',', 'API_KEYS: API key 1: expected at least 16 characters, got 1'],
    [
      'SIGNING_KEYS',
      ',,',
      'SIGNING_KEYS: expected keys of at least 16 characters, separated by commas, got something else',
    ],
    [
      'TRUST_PROXY',
      ',',
      'TRUST_PROXY: expected addresses and networks such as 10.0.0.0/8, separated by commas, or loopback, got ","',
    ],
    [
      'ALLOWED_ORIGINS',
      ' , ',
      'ALLOWED_ORIGINS: expected origins such as https://shop.example, separated by commas, or *, got " , "',
    ],
    ['PREFETCH', ',', 'PREFETCH: expected sizes such as thumb.webp or medium.avif (there are no presets), got ","'],
  ])('are one sentence for a list %s of separators alone', (name, text, sentence) => {
    expect(mistakesOf({ env: { [name]: text } })).toEqual([sentence])
    expect(mistakesOf({ env: { [name]: ' ' } })).toEqual([])
  })

  it('are reported together with a .env that cannot be read', async () => {
    const envFile = join(await temporaryFolder(), '.env')
    await mkdir(envFile)
    const mistakes = mistakesOf({ env: { PORT: 'x' }, envFile })
    expect(mistakes).toHaveLength(2)
    expect(mistakes[0]).toContain(`${envFile}: expected a file of settings, got EISDIR`)
  })
})

describe('a .env file', () => {
  const warningsOf = async (text: string) =>
    loadConfig({ env: {}, envFile: await envFileWith(text) }).warnings.map((line) => line.replace(' (in .env)', ''))

  it.each([
    [
      'BACKGROUND=#ff0000',
      'BACKGROUND: an unquoted # begins a comment, so the value is empty; put it in quotes: BACKGROUND="#ff0000"',
    ],
    [
      'BACKGROUND= #ff0000',
      'BACKGROUND: an unquoted # begins a comment, so the value is empty; put it in quotes: BACKGROUND="#ff0000"',
    ],
    ['HOST=a#b', 'HOST: an unquoted # begins a comment, so the value ends there; put it in quotes: HOST="a#b"'],
    [
      'API_KEYS=sixteen-letters!#2',
      'API_KEYS: an unquoted # begins a comment, so the value ends there; put it in quotes: the value',
    ],
  ])('with %s is explained', async (line, warning) => {
    expect(await warningsOf(line)).toEqual([warning])
  })

  it('is explained beside the mistakes that it causes', async () => {
    const envFile = await envFileWith('BACKGROUND=#ff0000\nPORT=x\n')
    expect(mistakesOf({ envFile })).toHaveLength(2)
  })

  it.each([
    ['PROT=9000', 'PROT: no such setting; did you mean PORT?'],
    ['port=9000', 'port: no such setting; did you mean PORT?'],
    ['MAX_UPLOADS_BYTE=1', 'MAX_UPLOADS_BYTE: no such setting; did you mean MAX_UPLOAD_BYTES?'],
  ])('with a name similar to a setting is read with a warning: %s', async (line, warning) => {
    expect(await warningsOf(`${line}\nWORKERS=2\n`)).toEqual([warning])
  })

  it('of other programs causes no warning', async () => {
    const lines = [
      'PATH=/bin',
      'DB_HOST=x',
      'POSTGRES_PORT=5432',
      'NODE_ENV=production',
      'LANG=C',
      'PORT=1 # of all',
      'HOST="::1" # b#c',
    ]
    expect(await warningsOf(`# PROT=1\n${lines.join('\n')}\nWORKERS=  # one\nBACKGROUND="#ff0000"\n`)).toEqual([])
  })
})
