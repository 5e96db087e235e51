// `tintype pull`: keeps a folder equal to the assets of a project or the covers of a collection, for builds of games.

import type { Command } from 'commander'
import { isSize, SIZES, type Size } from '../../core/names.ts'
import { FORMATS, type Format, formatOf } from '../../core/transform/formats.ts'
import { PRESET_NAME } from '../../core/transform/presets.ts'
import { onSignals } from '../../server/signals.ts'
import { createCommand } from '../command.ts'
import { MANIFEST_LAYOUTS, type ManifestLayout } from '../transfer/pull/local-manifest.ts'
import { MANIFEST } from '../transfer/pull/remote-file.ts'
import { type RemoteFlags, remoteSettingsOf, withRemoteOptions } from '../transfer/remote-options.ts'

interface PullFlags extends RemoteFlags {
  size: string
  format: string
  layout: string
  all?: boolean
  collection?: boolean
  atlas?: string | true
  watch?: boolean
}

const EXIT_CODES = `
Exit codes:
  0   the folder was up to date
  1   could not be run, or was stopped before its end
  3   files were refused, all others are up to date
  10  files were written or removed`

export const pullCommand = (): Command =>
  withRemoteOptions(
    createCommand('pull')
      .description(
        'Download the assets of a project from a running server by their names, or the covers of a collection by the ids of ' +
          `their projects, and a ${MANIFEST} of them. Only what has changed is written; files of deleted assets are removed, where a pull has ` +
          'written them.',
      )
      .argument('<name>', 'Id of the project, or name of the collection; of both, the project')
      .argument('<folder>', 'Folder for the files')
      .option('--size <size>', `Size of the pictures: ${SIZES.join(', ')}`, 'original')
      .option('--format <format>', `Format of the pictures: ${FORMATS.join(', ')}`, 'jpeg')
      .option('--layout <layout>', `Form of the manifest: ${MANIFEST_LAYOUTS.join(', ')}`, 'files')
      .option('--all', 'Images without a name, too, by their ids')
      .option('--collection', 'The name is that of a collection, also where a project has it')
      .option('--atlas [size]', 'The atlas, too: atlas.json and its pages; size: game (default), thumb or a preset')
      .option('--watch', 'Go on, and pull again whenever something changes'),
  )
    .addHelpText('after', EXIT_CODES)
    .action(async (projectId: string, folder: string, flags: PullFlags) => {
      process.exitCode = await runPull(projectId, folder, flags)
    })

const runPull = async (projectId: string, folder: string, flags: PullFlags): Promise<number> => {
  const wanted = wantedOf(flags)
  const { url, key, parallel } = remoteSettingsOf(projectId, flags)
  const [{ createRemote }, { kindOf }, { pullAndWatch }, { reportPull }] = await Promise.all([
    import('../transfer/remote.ts'),
    import('../transfer/pull/named-kind.ts'),
    import('../transfer/pull/watch.ts'),
    import('../transfer/pull/pull-report.ts'),
  ])
  const stop = new AbortController()
  onSignals(() => stop.abort(new Error('stopped; start it again to go on')))
  const isWatching = flags.watch === true
  // A watch outlasts restarts of the server.
  const attempts = isWatching ? { attempts: Number.POSITIVE_INFINITY } : {}
  const remote = createRemote({ url, key, signal: stop.signal, ...attempts })
  try {
    const kind = flags.collection === true ? 'collection' : await kindOf(remote, projectId)
    if (kind === 'both')
      process.stderr.write(
        `"${projectId}" names a project and a collection: pulling the project (the other with --collection)\n`,
      )
    const [all, isCollection] = [flags.all === true, kind === 'collection']
    const options = { remote, name: projectId, isCollection, folder, parallel, all, ...wanted }
    return await pullAndWatch(options, { isWatching, signal: stop.signal, report: reportPull })
  } finally {
    remote.close()
  }
}

interface Wanted {
  size: Size
  format: Format
  layout: ManifestLayout
  /** Size of the atlas. */
  atlas: string | undefined
}

/** @throws Error with one line for each mistake */
const wantedOf = ({ size, format, layout, atlas: given }: PullFlags): Wanted => {
  const mistakes: string[] = []
  const mistake = (flag: string, values: readonly string[], value: string) =>
    mistakes.push(`--${flag}: expected one of ${values.join(', ')}, got "${value}"`)
  if (!isSize(size)) mistake('size', SIZES, size)
  const knownFormat = formatOf(format)
  if (!knownFormat) mistake('format', FORMATS, format)
  const knownLayout = MANIFEST_LAYOUTS.find((each) => each === layout)
  if (!knownLayout) mistake('layout', MANIFEST_LAYOUTS, layout)
  const atlas = given === true ? 'game' : given
  if (atlas !== undefined && !PRESET_NAME.test(atlas))
    mistakes.push(`--atlas: expected game, thumb or the name of a preset, got "${atlas}"`)
  if (mistakes.length > 0 || !isSize(size) || !knownFormat || !knownLayout) throw new Error(mistakes.join('\n'))
  return { size, format: knownFormat, layout: knownLayout, atlas }
}
