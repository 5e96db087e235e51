// Output of `tintype doctor`: lines or one JSON document, written as findings arrive, and a progress bar on a terminal.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import type { Diagnosis, Finding, Outcome, Progress } from '../../services/doctor.ts'
import { version } from '../../version.ts'

/** Exit codes of the command, by its result; part of its interface. */
export const DOCTOR_EXIT = { clean: 0, failed: 1, mended: 2, damaged: 3 } as const

export type DoctorResult = keyof typeof DOCTOR_EXIT

export interface ReportOptions {
  storageDir: string
  fix: boolean
  /** One JSON document instead of lines. */
  json: boolean
}

export interface Report {
  finding(finding: Finding): void
  /** Undefined without a terminal. */
  progress: ((progress: Progress) => void) | undefined
  end(diagnosis: Diagnosis): DoctorResult
  fail(message: string): DoctorResult
}

const LABELS = {
  mendable: 'damaged',
  unmendable: 'damaged',
  failed: 'not mended',
  mended: 'mended',
  noted: 'note',
} as const satisfies Record<Outcome, string>

const LABEL_WIDTH = 'not mended'.length

export const createReport = (options: ReportOptions): Report => {
  const bar = createBar()
  const document = options.json ? createDocument(options) : createLines(options)
  return {
    finding(finding) {
      bar?.clear()
      document.finding(finding)
    },
    progress: bar?.show,
    end(diagnosis) {
      bar?.stop()
      const result = resultOf(diagnosis)
      document.end(diagnosis, result)
      return result
    },
    fail(message) {
      bar?.stop()
      document.fail(message)
      return 'failed'
    },
  }
}

const resultOf = ({ stopped, remaining, mended }: Diagnosis): DoctorResult => {
  if (stopped) return 'failed'
  if (remaining > 0) return 'damaged'
  return mended > 0 ? 'mended' : 'clean'
}

const print = (text: string): void => void process.stdout.write(text)

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const createLines = ({ storageDir, fix }: ReportOptions) => {
  let isMendable = false
  return {
    finding({ outcome, path, detail, done }: Finding) {
      isMendable ||= outcome === 'mendable'
      print(`${LABELS[outcome].padEnd(LABEL_WIDTH)}  ${oneLine(path)}: ${oneLine(detail)}\n`)
      if (done !== undefined) print(`${' '.repeat(LABEL_WIDTH)}  ${oneLine(done)}\n`)
    },
    end({ projects, images, mended, remaining, noted, stopped }: Diagnosis, result: DoctorResult) {
      const found = [`${mended} mended`, `${remaining} damaged`, counted(noted, 'note')].filter(
        (part) => !part.startsWith('0 '),
      )
      if (stopped) print('Stopped before the end. ')
      const checked = `${counted(projects, 'project')} with ${counted(images, 'image')} checked`
      print(`${checked}: ${found.join(', ') || 'all is well'}.\n`)
      if (isMendable && !fix) print('Run it again with --fix to mend them.\n')
      const lost = join(storageDir, '.lost')
      if (mended > 0 && existsSync(lost)) print(`Replaced and removed files are kept in ${lost} until you delete it.\n`)
      if (result === 'damaged' && fix)
        print('Remaining damage needs a copy from a backup: put it in place, or delete the image.\n')
    },
    fail: printError,
  }
}

/** Writes the JSON document piece by piece: findings may exceed the memory. */
const createDocument = ({ storageDir, fix }: ReportOptions) => {
  let count = 0
  const head = JSON.stringify({ tintype: version, storage: storageDir, fix }).slice(0, -1)
  const begin = () => print(count++ === 0 ? `${head},"findings":[\n` : ',\n')
  const close = (rest: object) => {
    if (count === 0) print(`${head},"findings":[`)
    print(`\n],${JSON.stringify(rest).slice(1)}\n`)
  }
  return {
    finding({ projectId, kind, path, outcome, detail, done }: Finding) {
      begin()
      print(JSON.stringify({ project_id: projectId ?? null, kind, path, outcome, detail, done: done ?? null }))
    },
    end({ stopped, ...summary }: Diagnosis, result: DoctorResult) {
      close({ summary, stopped, result })
    },
    fail(message: string) {
      printError(message)
      close({ result: 'failed', error: message })
    },
  }
}

const printError = (message: string): void => void process.stderr.write(`tintype: ${message}\n`)

/** Escapes control characters: names of foreign files may contain terminal sequences. */
const oneLine = (text: string): string =>
  text.replace(/\p{C}/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)

const createBar = () => {
  if (!process.stderr.isTTY) return undefined
  let bar: SingleBar | undefined
  return {
    show({ done, total, projectId = '', ...counts }: Progress) {
      const payload = { ...counts, projectId }
      if (!bar) {
        bar = new SingleBar({
          format: FORMAT,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
          forceRedraw: true,
        })
        bar.start(total, 0, payload)
      }
      if (done > bar.getTotal()) bar.setTotal(done)
      bar.update(done, payload)
    },
    clear() {
      if (bar) process.stderr.write('\r\x1b[K')
    },
    stop() {
      bar?.stop()
    },
  }
}

const FORMAT = '{bar} {value}/{total}  {images} images, {findings} findings  {projectId}'
