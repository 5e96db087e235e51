// `tintype export`: downloads the images of a project, with their records, into a folder or a ZIP file.

import type { Command } from 'commander'
import { isSize, SIZES, type Size } from '../../core/names.ts'
import { onSignals } from '../../server/signals.ts'
import { createCommand } from '../command.ts'
import { EXIT_CODES } from '../transfer/import-report.ts'
import { type RemoteFlags, remoteSettingsOf, withRemoteOptions } from '../transfer/remote-options.ts'

interface ExportFlags extends RemoteFlags {
  size: string
}

export const exportCommand = (): Command =>
  withRemoteOptions(
    createCommand('export')
      .description(
        'Download the images of a project from a running server, with their records in tintype.json. Into a folder, ' +
          'it may be started again: only what is missing or has changed is written.',
      )
      .argument('<project>', 'Id of the project')
      .argument('<target>', 'Folder, or name of a new ZIP file, which ends in .zip')
      .option('--size <size>', `Size of the pictures: ${SIZES.join(', ')}`, 'original'),
  )
    .addHelpText('after', EXIT_CODES)
    .action(async (projectId: string, target: string, flags: ExportFlags) => {
      if (!isSize(flags.size)) throw new Error(`--size: expected one of ${SIZES.join(', ')}, got "${flags.size}"`)
      process.exitCode = await runExport(projectId, target, flags.size, flags)
    })

const runExport = async (projectId: string, target: string, size: Size, flags: ExportFlags): Promise<number> => {
  const { url, key, parallel } = remoteSettingsOf(projectId, flags)
  const [{ createRemote }, { exportProject }, { createProgress }, { reportTransfer }] = await Promise.all([
    import('../transfer/remote.ts'),
    import('../transfer/export/export-project.ts'),
    import('../transfer/progress.ts'),
    import('../transfer/import-report.ts'),
  ])
  const stop = new AbortController()
  onSignals(() => stop.abort(new Error('stopped; start it again to go on')))
  const remote = createRemote({ url, key, signal: stop.signal })
  const progress = createProgress()
  const exported = { written: 0, present: 0, refused: [], bytes: 0 }
  try {
    await exportProject({ remote, projectId, size, target, parallel, onProgress: progress.show }, exported)
  } finally {
    remote.close()
    progress.stop()
  }
  const { written, present, refused, bytes } = exported
  return reportTransfer({
    counts: [
      [written, 'written'],
      [present, 'there already'],
    ],
    refused,
    bytes,
  })
}
