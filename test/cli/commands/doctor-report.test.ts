// Output of `tintype doctor`: lines, the JSON document and results.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createReport, DOCTOR_EXIT } from '../../../src/cli/commands/doctor-report.ts'
import type { Diagnosis, Finding } from '../../../src/services/doctor.ts'
import { version } from '../../../src/version.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const CLEAN: Diagnosis = { projects: 2, images: 3, mended: 0, remaining: 0, noted: 0, stopped: false }
const finding: Finding = {
  projectId: 'shop',
  kind: 'meta_missing',
  path: 'projects/shop/meta.json',
  detail: 'it is missing',
  outcome: 'mendable',
  done: undefined,
}

let output = ''
let errors = ''
const isTerminal = process.stderr.isTTY

beforeEach(() => {
  output = ''
  errors = ''
  process.stderr.isTTY = false
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += text
    return true
  })
})
afterEach(() => {
  process.stderr.isTTY = isTerminal
  vi.restoreAllMocks()
})

const report = (options: { storageDir?: string; fix?: boolean; json?: boolean } = {}) =>
  createReport({ storageDir: '/no/store', fix: false, json: false, ...options })
const linesOf = (diagnosis: Partial<Diagnosis>, options: Parameters<typeof report>[0] = {}) => {
  report(options).end({ ...CLEAN, ...diagnosis })
  return output
}

describe('the result of an examination', () => {
  it('has an exit code of its own', () => {
    expect(DOCTOR_EXIT).toEqual({ clean: 0, failed: 1, mended: 2, damaged: 3 })
  })

  it.each([
    ['clean', {}],
    ['clean', { noted: 1 }],
    ['mended', { mended: 1 }],
    ['damaged', { remaining: 1 }],
    ['damaged', { mended: 1, remaining: 1 }],
    ['failed', { stopped: true }],
    ['failed', { stopped: true, mended: 1, remaining: 1 }],
  ])('is %s for %j', (result, diagnosis) => {
    for (const json of [false, true]) expect(report({ json }).end({ ...CLEAN, ...diagnosis })).toBe(result)
  })

  it('is failed after an error, which goes to the error output', () => {
    expect(report().fail('there is no store')).toBe('failed')
    expect({ output, errors }).toEqual({ output: '', errors: 'tintype: there is no store\n' })
  })
})

describe('a line of a finding', () => {
  it.each([
    ['mendable', 'damaged     '],
    ['unmendable', 'damaged     '],
    ['failed', 'not mended  '],
    ['mended', 'mended      '],
    ['noted', 'note        '],
  ] as const)('of the outcome %s begins with "%s"', (outcome, label) => {
    report().finding({ ...finding, outcome })
    expect(output).toBe(`${label}projects/shop/meta.json: it is missing\n`)
  })

  it('is followed by the repair that was done', () => {
    report({ fix: true }).finding({ ...finding, outcome: 'mended', done: 'written anew' })
    expect(output).toBe('mended      projects/shop/meta.json: it is missing\n            written anew\n')
  })

  it('escapes control characters of paths, details and repairs', () => {
    report().finding({ ...finding, path: 'a\x1b[2J', detail: 'b\nc', done: 'd\u202ee' })
    expect(output).toBe('damaged     a\\u{1b}[2J: b\\u{a}c\n            d\\u{202e}e\n')
  })
})

describe('the last line', () => {
  it.each([
    [{}, '2 projects with 3 images checked: all is well.\n'],
    [{ projects: 1, images: 1 }, '1 project with 1 image checked: all is well.\n'],
    [{ projects: 0, images: 0 }, '0 projects with 0 images checked: all is well.\n'],
    [{ noted: 1 }, '2 projects with 3 images checked: 1 note.\n'],
    [{ noted: 2 }, '2 projects with 3 images checked: 2 notes.\n'],
    [{ mended: 10, remaining: 20 }, '2 projects with 3 images checked: 10 mended, 20 damaged.\n'],
    [{ stopped: true }, 'Stopped before the end. 2 projects with 3 images checked: all is well.\n'],
  ])('counts %j', (diagnosis, text) => {
    expect(linesOf(diagnosis)).toBe(text)
  })

  it('recommends --fix where it would mend a finding', () => {
    for (const [outcome, fix, isRecommended] of [
      ['mendable', false, true],
      ['mendable', true, false],
      ['unmendable', false, false],
      ['noted', false, false],
    ] as const) {
      output = ''
      const lines = report({ fix })
      lines.finding({ ...finding, outcome })
      lines.finding({ ...finding, outcome: 'unmendable' })
      lines.end({ ...CLEAN, remaining: 1 })
      expect(output.includes('Run it again with --fix to mend them.\n')).toBe(isRecommended)
    }
  })

  it('names the folder of replaced files where something was mended and it exists', async () => {
    const storageDir = await temporaryFolder()
    const lost = join(storageDir, '.lost')
    const line = `Replaced and removed files are kept in ${lost} until you delete it.\n`
    expect(linesOf({ mended: 1 }, { storageDir, fix: true })).not.toContain('kept in')
    await mkdir(lost)
    expect(linesOf({ mended: 1 }, { storageDir, fix: true })).toContain(line)
    output = ''
    expect(linesOf({}, { storageDir, fix: true })).not.toContain('kept in')
  })

  it('explains damage that remains after --fix', () => {
    const line = 'Remaining damage needs a copy from a backup: put it in place, or delete the image.\n'
    expect(linesOf({ remaining: 1 })).not.toContain(line)
    expect(linesOf({ mended: 1 }, { fix: true })).not.toContain(line)
    expect(linesOf({ remaining: 1 }, { fix: true })).toContain(line)
  })
})

describe('the JSON document', () => {
  const head = { tintype: version, storage: '/no/store', fix: false }
  const { stopped, ...summary } = CLEAN

  it('is complete without findings', () => {
    report({ json: true }).end(CLEAN)
    expect(JSON.parse(output)).toEqual({ ...head, findings: [], summary, stopped, result: 'clean' })
  })

  it('has every finding, with null for absent fields', () => {
    const document = report({ json: true })
    document.finding(finding)
    document.finding({ ...finding, projectId: undefined, outcome: 'mended', done: 'written anew' })
    document.end({ ...CLEAN, mended: 1, remaining: 1 })
    const { kind, path, detail } = finding
    expect(JSON.parse(output)).toEqual({
      ...head,
      findings: [
        { project_id: 'shop', kind, path, outcome: 'mendable', detail, done: null },
        { project_id: null, kind, path, outcome: 'mended', detail, done: 'written anew' },
      ],
      summary: { ...summary, mended: 1, remaining: 1 },
      stopped,
      result: 'damaged',
    })
  })

  it.each([0, 1])('is complete after an error behind %i findings', (count) => {
    const document = report({ json: true })
    for (let at = 0; at < count; at++) document.finding(finding)
    expect(document.fail('the disk fails')).toBe('failed')
    expect(JSON.parse(output)).toMatchObject({ ...head, result: 'failed', error: 'the disk fails' })
    expect(JSON.parse(output).findings).toHaveLength(count)
    expect(errors).toBe('tintype: the disk fails\n')
  })
})

it('progress needs a terminal', () => {
  expect(report().progress).toBeUndefined()
  process.stderr.isTTY = true
  expect(report().progress).toBeTypeOf('function')
})
