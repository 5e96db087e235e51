// `tintype import`: sends the pictures of a folder, a ZIP file, a bucket or another server's project to a running server.

import { statSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { readBucketEnv } from '../../config/bucket-env.ts'
import { readRemoteEnv } from '../../config/remote-env.ts'
import { parseSourceUrl, SOURCE_URL_RULE } from '../../core/sources/source-url.ts'
import { onSignals } from '../../server/signals.ts'
import { createCommand } from '../command.ts'
import { EXIT_CODES } from '../transfer/import-report.ts'
import { type RemoteFlags, remoteSettingsOf, withRemoteOptions } from '../transfer/remote-options.ts'
import type { Source } from '../transfer/sources/source.ts'

interface ImportFlags extends RemoteFlags {
  project?: string
  assets?: true
  sourceKey?: string
}

const ENVIRONMENT = `
A bucket takes S3_ENDPOINT, S3_REGION, S3_PATH_STYLE and the AWS_ variables from
the environment. Its objects are only read.`

export const importCommand = (): Command => {
  const command = createCommand('import')
    .description(
      'Send pictures to a running server: those of a folder, ZIP file or bucket, also one of an export, or a ' +
        'project of another server. May be started again: only what the project lacks is sent.',
    )
    .argument('<source>', 'Folder, ZIP file, s3://bucket/prefix, or URL ending in /projects/<id>')
    .option('--project <id>', 'Project that gets the images (required)')
    .option('--assets', 'Name each image as an asset, by its path without extension')
  return withRemoteOptions(command)
    .addOption(new Option('--source-key <key>', 'API key for the source [TINTYPE_SOURCE_KEY]'))
    .addHelpText('after', EXIT_CODES + ENVIRONMENT)
    .action(async (from: string, flags: ImportFlags) => {
      // Not a requiredOption: commander would check it before it suggests a name for a misspelt one.
      if (flags.project === undefined) return command.error("error: required option '--project <id>' not specified")
      process.exitCode = await runImport(from, flags.project, flags)
    })
}

const runImport = async (from: string, projectId: string, flags: ImportFlags): Promise<number> => {
  const { url, key, parallel } = remoteSettingsOf(projectId, flags)
  const [{ createRemote }, { importFiles }, { copyProject }, { createProgress }, { reportTransfer }] =
    await Promise.all([
      import('../transfer/remote.ts'),
      import('../transfer/import-files.ts'),
      import('../transfer/copy-project.ts'),
      import('../transfer/progress.ts'),
      import('../transfer/import-report.ts'),
    ])
  const stop = new AbortController()
  onSignals(() => stop.abort(new Error('stopped; start it again to go on')))
  const remote = createRemote({ url, key, signal: stop.signal })
  const source = await openSource(from, flags, stop.signal)
  const progress = createProgress()
  const imported = { sent: 0, present: 0, refused: [...source.refused], ids: new Map<string, string>() }
  const report = () => {
    progress.stop()
    return reportTransfer({
      counts: [
        [imported.sent, 'sent'],
        [imported.present, 'there already'],
        [source.passedOver, 'passed over'],
      ],
      refused: imported.refused,
      bytes: source.files.reduce((all, { bytes }) => all + bytes, 0),
    })
  }
  try {
    const options = { remote, projectId, source, parallel, onProgress: progress.show }
    await importFiles(options, imported)
    if (source.project) await copyProject(remote, projectId, source.project, imported.ids)
  } catch (error) {
    report()
    throw error
  } finally {
    remote.close()
    await source.close()
  }
  return report()
}

/** @throws Error where the source cannot be read */
const openSource = async (from: string, { assets, sourceKey }: ImportFlags, signal: AbortSignal): Promise<Source> => {
  const { openProject, parseProjectUrl } = await import('../transfer/sources/remote-source.ts')
  const project = parseProjectUrl(from)
  if (project) {
    const { createRemote } = await import('../transfer/remote.ts')
    const key = sourceKey ?? readRemoteEnv().sourceKey
    return openProject(createRemote({ url: project.server, key, signal }), project.projectId)
  }
  if (/^https?:/.test(from)) throw new Error(`expected a URL that ends in /projects/<id>, got "${from}"`)
  const source = from.startsWith('s3:') ? await openBucket(from, signal) : await openLocal(from)
  if (!assets) return source
  const { withoutExtension } = await import('../transfer/sources/pictures.ts')
  return { ...source, files: source.files.map((file) => ({ ...file, asset: withoutExtension(file.path) })) }
}

const openBucket = async (from: string, signal: AbortSignal): Promise<Source> => {
  const url = parseSourceUrl(from)
  if (!url) throw new Error(`source: expected ${SOURCE_URL_RULE}, got "${from}"`)
  const [{ openBucketSource }, { createBucket }, { createCredentialSource }] = await Promise.all([
    import('../transfer/sources/bucket-source.ts'),
    import('../../stores/s3/client/bucket.ts'),
    import('../../stores/s3/client/credentials.ts'),
  ])
  const { credentials, endpoint, isPathStyle, region } = readBucketEnv()
  const bucket = createBucket({
    ...url,
    ...{ region, credentials: createCredentialSource(credentials) },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isPathStyle === undefined ? {} : { isPathStyle }),
  })
  bucket.refuseWrites()
  return openBucketSource(bucket, signal)
}

const openLocal = async (path: string): Promise<Source> => {
  if (statSync(path).isDirectory()) return (await import('../transfer/sources/folder-source.ts')).openFolder(path)
  return (await import('../transfer/sources/zip-source.ts')).openZip(path)
}
