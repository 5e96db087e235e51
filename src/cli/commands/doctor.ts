// `tintype doctor`: checks a store in a folder or a bucket, and mends it with --fix.

import type { Command } from 'commander'
import type { Config } from '../../config/load.ts'
import { type BucketSettings, type FallbackSettings, storeUrlOf } from '../../core/bucket-settings.ts'
import { messageOf, TintypeError } from '../../core/errors.ts'
import { isProjectId, PROJECT_ID_RULE } from '../../core/names.ts'
import { onSignals } from '../../server/signals.ts'
import type { RemakeVariants } from '../../stores/file/doctor/context.ts'
import type { Inspector } from '../../stores/file/doctor/inspector.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { createCommand, jsonOption, loadSettings, storageOption } from '../command.ts'
import type { DoctorResult, Report } from './doctor-report.ts'

interface Examined {
  inspector: Inspector
  /** Closes the copy in a bucket that repairs may read. */
  closeSecond?: (() => Promise<void>) | undefined
}

interface DoctorOptions {
  project?: string
  fix?: true
  json?: true
  storage?: string
  lockStaleMs?: string
}

export const doctorCommand = (): Command =>
  createCommand('doctor')
    .description('Check every project: lists, variants, stray files, stale locks. Safe while a server runs.')
    .option('--project <id>', 'Check this project only')
    .option('--fix', 'Mend what can be mended; replaced files are kept under .lost/')
    .addOption(jsonOption())
    .addOption(storageOption())
    .option('--lock-stale-ms <ms>', 'The value of the server [LOCK_STALE_MS]')
    .addHelpText('after', EXIT_CODES)
    .action(async (options: DoctorOptions) => {
      const { project, fix = false, json = false } = options
      const config = settingsOf(options)
      const { createReport, DOCTOR_EXIT } = await import('./doctor-report.ts')
      const report = createReport({ storageDir: placeOf(config), fix, json })
      process.exitCode = DOCTOR_EXIT[await examine(config, project, fix, report)]
    })

const placeOf = ({ bucket, storageDir }: Config): string => (bucket ? storeUrlOf(bucket) : storageDir)

const EXIT_CODES = `
Exit codes:
  0  clean
  1  could not be run
  2  all damage found is mended
  3  damage remains, or --fix was not given`

const settingsOf = ({ project, storage, lockStaleMs }: DoctorOptions): Config => {
  const mistakes =
    project === undefined || isProjectId(project) ? [] : [`--project: expected ${PROJECT_ID_RULE}, got "${project}"`]
  const flags = { '--storage': storage, '--lock-stale-ms': lockStaleMs }
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
  return loadSettings({ flags: given, mistakes }).config
}

const examine = async (
  config: Config,
  projectId: string | undefined,
  fix: boolean,
  report: Report,
): Promise<DoctorResult> => {
  const [{ createEncoderPool }, { createDoctor }] = await Promise.all([
    import('../../image/pool/pool.ts'),
    import('../../services/doctor.ts'),
  ])
  const { background, encodeDeadlineMs: deadlineMs } = config
  const encoders = createEncoderPool({ encoders: 1, deadlineMs, background, maxPixels: MOST_PIXELS })
  const remake: RemakeVariants = (job) => encoders.encode(job)
  const { inspector, closeSecond } = await (config.bucket ? inBucket(config.bucket, remake) : inFolder(config, remake))
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
    return report.fail(error instanceof TintypeError ? error.message : `unexpected error: ${messageOf(error)}`)
  } finally {
    await inspector.close()
    await encoders.close()
    await closeSecond?.()
  }
}

const silent = createLogger({ level: 'silent' })

const inFolder = async ({ storageDir, lockStaleMs, fallback }: Config, remake: RemakeVariants): Promise<Examined> => {
  const { createInspector } = await import('../../stores/file/doctor/inspector.ts')
  const second = fallback && (await secondCopyOf(fallback))
  const inspector = createInspector({ storageDir, lockStaleMs, log: silent, fallback: second?.copy, remake })
  return { inspector, closeSecond: second?.close }
}

const inBucket = async (settings: BucketSettings, remake: RemakeVariants): Promise<Examined> => {
  const [{ openBucket }, { createBucketInspector }] = await Promise.all([
    import('../../compose/bucket/client.ts'),
    import('../../stores/s3/doctor/inspector.ts'),
  ])
  return { inspector: createBucketInspector({ bucket: openBucket(settings), log: silent, remake }) }
}

const secondCopyOf = async (settings: FallbackSettings) => {
  const [{ openBucket }, { createSecondCopy }] = await Promise.all([
    import('../../compose/bucket/client.ts'),
    import('../../stores/fallback/second-copy.ts'),
  ])
  const bucket = openBucket(settings)
  return { copy: createSecondCopy(bucket), close: bucket.close }
}

/** Stored images were accepted once, whatever the limit of uploads is today. */
const MOST_PIXELS = 1_000_000_000
