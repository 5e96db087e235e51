// `tintype doctor`: checks a storage folder, and mends it with --fix.

import { parseArgs } from 'node:util'
import { defineCommand } from 'citty'
import { type Config, loadConfig } from '../../config/load.ts'
import { TintypeError } from '../../core/errors.ts'
import { isProjectId, PROJECT_ID_RULE } from '../../core/names.ts'
import { fail } from '../../server/fail.ts'
import { onSignals } from '../../server/signals.ts'
import { createLogger } from '../../telemetry/logger.ts'
import type { DoctorResult, Report } from './doctor-report.ts'

export const doctorCommand = defineCommand({
  meta: {
    name: 'doctor',
    description:
      'Checks every project: lists, pictures, stray files, left-over locks. Safe while the server runs. ' +
      'Exit codes: 0 clean, 1 could not be run, 2 all that was found is mended, 3 damage remains (or --fix was not given)',
  },
  args: {
    project: { type: 'string', valueHint: 'id', description: 'Checks this project alone' },
    fix: { type: 'boolean', description: 'Mends what can be mended; what it replaces is kept under .lost/' },
    json: { type: 'boolean', description: 'Prints one JSON document instead of lines' },
    storage: { type: 'string', valueHint: 'folder', description: 'Folder of all pictures [STORAGE_DIR]' },
    'lock-stale-ms': { type: 'string', valueHint: 'ms', description: 'As the server has it [LOCK_STALE_MS]' },
  },
  async run({ rawArgs }) {
    const { config, projectId, fix, json } = settingsFrom(rawArgs)
    const { createReport, DOCTOR_EXIT } = await import('./doctor-report.ts')
    const report = createReport({ storageDir: config.storageDir, fix, json })
    process.exitCode = DOCTOR_EXIT[await examine(config, projectId, fix, report)]
  },
})

interface DoctorSettings {
  config: Config
  projectId: string | undefined
  fix: boolean
  json: boolean
}

const settingsFrom = (rawArgs: string[]): DoctorSettings => {
  try {
    const { values } = parseArgs({
      args: rawArgs,
      options: {
        project: { type: 'string' },
        fix: { type: 'boolean' },
        json: { type: 'boolean' },
        storage: { type: 'string' },
        'lock-stale-ms': { type: 'string' },
      },
    })
    const { project, fix = false, json = false, ...settings } = values
    const mistakes =
      project === undefined || isProjectId(project) ? [] : [`--project: expected ${PROJECT_ID_RULE}, got "${project}"`]
    const flags = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`--${name}`, value]))
    return { config: loadConfig({ flags, mistakes }).config, projectId: project, fix, json }
  } catch (error) {
    return fail(`${messageOf(error)}\n"tintype doctor --help" lists its flags`)
  }
}

const examine = async (
  config: Config,
  projectId: string | undefined,
  fix: boolean,
  report: Report,
): Promise<DoctorResult> => {
  const [{ createInspector }, { createEncoderPool }, { createDoctor }] = await Promise.all([
    import('../../stores/file/doctor/inspector.ts'),
    import('../../image/pool/pool.ts'),
    import('../../services/doctor.ts'),
  ])
  const { storageDir, lockStaleMs, encodeDeadlineMs: deadlineMs } = config
  const encoders = createEncoderPool({ encoders: 1, deadlineMs, maxPixels: MOST_PIXELS })
  const log = createLogger({ level: 'silent' })
  const inspector = createInspector({ storageDir, lockStaleMs, log, remake: (job) => encoders.encode(job) })
  const doctor = createDoctor({ inspector })
  const stop = new AbortController()
  onSignals(() => stop.abort())
  try {
    const { finding, progress } = report
    const diagnosis = await doctor.examine({
      projectId,
      fix,
      signal: stop.signal,
      onFinding: finding,
      onProgress: progress,
    })
    return report.end(diagnosis)
  } catch (error) {
    return report.fail(error instanceof TintypeError ? error.message : `Something went wrong: ${messageOf(error)}`)
  } finally {
    await inspector.close()
    await encoders.close()
  }
}

/** What is stored was accepted once, whatever the limit for uploads is today. */
const MOST_PIXELS = 1_000_000_000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
