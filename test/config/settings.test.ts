// The table of settings: names, defaults, limits and messages.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { settingOf } from '../../src/config/setting.ts'
import { settings } from '../../src/config/settings.ts'

const SCHEMAS: Readonly<Record<string, z.ZodType>> = settings

const parse = (key: string, text: string | undefined) => SCHEMAS[key]?.safeParse(text)
const messagesOf = (key: string, text: string) => parse(key, text)?.error?.issues.map(({ message }) => message)

describe('the names of settings', () => {
  it('are unique, in the environment and as flags', () => {
    const all = Object.values(settings).map((each) => settingOf.get(each))
    for (const names of [all.map((each) => each?.env), all.map((each) => each?.flag)]) {
      expect(names).not.toContain(undefined)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('that hold secrets are marked', () => {
    const secrets = Object.entries(settings).filter(([, each]) => settingOf.get(each)?.isSecret)
    expect(secrets.map(([key]) => key)).toEqual([
      'queue',
      'signingKeys',
      'awsSecretAccessKey',
      'awsSessionToken',
      'apiKeys',
      'oidcClientSecret',
      'rateLimitRedis',
      'smtpUrl',
      'webhookSecret',
    ])
  })
})

it.each([
  ['port', 8001],
  ['host', '127.0.0.1'],
  ['storageDir', resolve('storage')],
  ['workers', 1],
  ['encoders', Math.min(availableParallelism(), 128)],
  ['encoderWaitMs', 30_000],
  ['maxUploadBytes', 26_214_400],
  ['maxBulkFiles', 1000],
  ['maxBulkBytes', 4_294_967_296],
  ['maxPixels', 100_000_000],
  ['background', '#ffffff'],
  ['keepSource', 'transparent'],
  ['maxWaiting', 64],
  ['encodeDeadlineMs', 30_000],
  ['lockStaleMs', 10_000],
  ['minFreeBytes', 67_108_864],
  ['cacheBytes', 67_108_864],
  ['accelRedirect', 'off'],
  ['diskCacheBytes', 2_147_483_648],
  ['presets', new Map()],
  ['prefetch', ''],
  ['signingKeys', []],
  ['logLevel', 'info'],
  ['logFormat', 'auto'],
])('%s is %j by default', (key, value) => {
  expect(parse(key, undefined)).toEqual({ success: true, data: value })
})

it.each([
  ['port', 0, 65_535],
  ['workers', 1, 128],
  ['encoders', 0, 128],
  ['encoderWaitMs', 100, 3_600_000],
  ['maxUploadBytes', 1, 2 ** 40],
  ['maxBulkFiles', 1, 100_000],
  ['maxBulkBytes', 1, 2 ** 40],
  ['maxPixels', 1, 1e9],
  ['maxWaiting', 0, 100_000],
  ['encodeDeadlineMs', 100, 3_600_000],
  ['lockStaleMs', 2000, 600_000],
  ['minFreeBytes', 0, 2 ** 50],
  ['cacheBytes', 0, 2 ** 50],
  ['diskCacheBytes', 0, 2 ** 50],
])('%s is a number from %i to %i', (key, least, most) => {
  for (const number of [least, most]) expect(parse(key, String(number))).toEqual({ success: true, data: number })
  for (const number of [least - 1, most + 1]) {
    const messages = messagesOf(key, String(number))
    expect(messages).toHaveLength(1)
    expect(messages?.[0]).toMatch(new RegExp(`^expected .+, got "${number}"$`))
  }
})

it.each([
  ['host', ['::1', '0.0.0.0', 'fe80::1%eth0', 'img-1.example.com'], ['a b', 'http://a', '[::1]', 'a,b']],
  ['background', ['#ffffff', '#ABCDEF', '#09af00'], ['#fff', 'ffffff', '#fffffff', '#gggggg']],
  ['keepSource', ['transparent', 'always', 'never'], ['true', 'Always', 'transparent,always']],
  ['accelRedirect', ['off', '/', '/stored', '/a/b.c~d-e_f'], ['on', 'stored', 'off/', '/a b', '/a?b', '/offé']],
  ['logLevel', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], ['INFO', 'verbose']],
  ['logFormat', ['auto', 'json', 'pretty'], ['JSON', 'text']],
  ['prefetch', ['thumb.webp,card'], []],
])('%s accepts %j and refuses %j', (key, accepted, refused) => {
  for (const text of accepted) expect(parse(key, text)).toEqual({ success: true, data: text })
  for (const text of refused) expect(messagesOf(key, text)?.[0]).toContain(`got "${text}"`)
})

describe('the message of a refused value', () => {
  it.each([
    ['port', 'http', 'expected a whole number from 0 to 65535, got "http"'],
    ['port', '', 'expected a whole number from 0 to 65535, got nothing'],
    ['host', 'a b', 'expected an address or a host name, such as 127.0.0.1, 0.0.0.0 or ::1, got "a b"'],
    ['background', 'red', 'expected a colour as #rrggbb, such as #ffffff, got "red"'],
    ['accelRedirect', 'on', 'expected off, or a path such as /stored, got "on"'],
    ['logFormat', 'text', 'expected one of auto, json, pretty, got "text"'],
    ['signingKeys', 'hunter2', 'expected keys of at least 16 characters, separated by commas, got something else'],
  ])('of %s="%s" has the expected and the received value', (key, text, message) => {
    expect(messagesOf(key, text)).toEqual([message])
  })

  it('has one line per mistake where the parser explains them', () => {
    expect(messagesOf('presets', 'a;b:w=0')).toEqual([
      '"a": expected a name and a transform, such as card:w=320,h=180',
      'preset "b": w: expected a whole number from 1 to 4096, received "0"',
    ])
  })
})
