// HTTP tests of a store in a folder alone: they are not run over a bucket. test/README.md shows them.

/** Why a test is not run over a bucket. */
export const FOLDER_REASONS = {
  files: 'looks at files of the store, or changes them',
  planted: 'plants projects in the folder, of which an upload each would take too long',
  stale: 'expects at once what another server may show within `STALE_SECONDS`',
  disk: 'a disk that is full or fails; changes of a bucket do not write there',
  accel: '`ACCEL_REDIRECT` is refused with `STORE`',
} as const

export type FolderReason = keyof typeof FOLDER_REASONS

/** Files of such tests, below test/. Single tests of other files are made by `itInFolder`. */
export const FOLDER_FILES: Readonly<Record<string, FolderReason>> = {
  'http/damaged-projects.whole.test.ts': 'files',
  'http/failing-disk.whole.test.ts': 'disk',
  'http/fast-path/credentials.whole.test.ts': 'stale',
  'http/hidden-projects.whole.test.ts': 'planted',
  'http/read-only.test.ts': 'files',
  'http/response/archive-stream.whole.test.ts': 'files',
  'http/response/nginx.whole.test.ts': 'accel',
  'http/response/picture-stream.test.ts': 'files',
}

/** Call of `itInFolder`: the reason and the name. */
const SINGLE = /\bitInFolder\(\s*'(\w+)',\s*'((?:[^'\\]|\\.)*)'/g

/** Rows of test/README.md, one for each file or test. @param read content of a file below test/ */
export const folderRows = (files: readonly string[], read: (file: string) => string): string[] => {
  const singles = files.flatMap((file) =>
    [...read(file).matchAll(SINGLE)].map(([, reason = '', name = '']) => ({ file, reason, name: `: ${name}` })),
  )
  const whole = Object.entries(FOLDER_FILES).map(([file, reason]) => ({ file, reason, name: '' }))
  return [...whole, ...singles].map(({ file, reason, name }) => `| \`${file}\`${name} | ${textOf(reason)} |`).sort()
}

const isReason = (reason: string): reason is FolderReason => Object.hasOwn(FOLDER_REASONS, reason)

const textOf = (reason: string): string => {
  if (!isReason(reason)) throw new Error(`there is no reason ${reason}`)
  return FOLDER_REASONS[reason]
}
