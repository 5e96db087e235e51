// `tintype copy`: copies all projects of a store to another folder or bucket: a backup, or a move.

import { resolve, sep } from 'node:path'
import { type Command, Option } from 'commander'
import { readBucketEnv, readFallbackEnv } from '../../config/bucket-env.ts'
import { parseStoreUrl } from '../../core/bucket-settings.ts'
import { onSignals } from '../../server/signals.ts'
import type { CopyTarget } from '../../stores/copy/place.ts'
import { createCommand } from '../command.ts'
import { EXIT_CODES } from '../transfer/import-report.ts'

interface CopyFlags {
  accounts: boolean
  verify?: boolean
  parallel: string
}

const MOST_PARALLEL = 64

const ENVIRONMENT = `
Buckets take S3_ENDPOINT, S3_REGION, S3_PATH_STYLE, S3_CREATE_BUCKET and the
AWS_ variables from the environment; of the bucket that is copied from, those
that begin with SOURCE_, such as SOURCE_S3_ENDPOINT, come first. With FALLBACK,
files that are missing in the folder that is copied from are read from there.`

export const copyCommand = (): Command =>
  createCommand('copy')
    .description(
      'Copy a store to another folder or bucket, while servers run on the store. It may be started again ' +
        'at any time, and copies only what is new. No server may run on the copy meanwhile.',
    )
    .argument('<from>', 'Folder of the store, or s3://bucket/prefix')
    .argument('<to>', 'Folder, or s3://bucket/prefix')
    .option('--no-accounts', 'Without accounts, API keys and webhooks')
    .option('--verify', 'Check the SHA-256 of every file of the copy, and copy damaged ones again')
    .addOption(new Option('--parallel <files>', `Files at once, 1 to ${MOST_PARALLEL}`).default('16'))
    .addHelpText('after', EXIT_CODES + ENVIRONMENT)
    .action(async (from: string, to: string, flags: CopyFlags) => {
      process.exitCode = await runCopy(from, to, flags)
    })

const runCopy = async (
  from: string,
  to: string,
  { verify = false, accounts, parallel }: CopyFlags,
): Promise<number> => {
  const [source, target] = [locationOf('from', from), locationOf('to', to)]
  const count = /^\d{1,2}$/.test(parallel) ? Number(parallel) : 0
  if (count < 1 || count > MOST_PARALLEL)
    throw new Error(`--parallel: expected a number from 1 to ${MOST_PARALLEL}, got "${parallel}"`)
  if (isWithin(source, target) || isWithin(target, source))
    throw new Error(`expected two places, neither in the other, got ${from} and ${to}`)
  const [{ copyStore }, { createProgress }, { reportTransfer }] = await Promise.all([
    import('../../stores/copy/copy-store.ts'),
    import('../transfer/progress.ts'),
    import('../transfer/import-report.ts'),
  ])
  const stop = new AbortController()
  onSignals(() => stop.abort(new Error('stopped; start it again to go on')))
  const places = [await placeOf(source, 'SOURCE_'), await placeOf(target)] as const
  const progress = createProgress()
  try {
    const { records, copied, present, onlyInTarget, refused, bytes } = await copyStore({
      ...{ source: places[0], target: places[1], verify, accounts, parallel: count },
      signal: stop.signal,
      onProgress: progress.show,
    })
    progress.stop()
    return reportTransfer({
      counts: [
        [copied, 'projects copied'],
        [records, 'records of accounts, webhooks and collections'],
        [present, 'up to date'],
        [onlyInTarget, 'only in the copy'],
      ],
      refused,
      bytes,
    })
  } finally {
    progress.stop()
    for (const place of places) await place.close()
  }
}

/** A folder, or a bucket with a prefix, which is empty or ends with a slash. */
type Location = { folder: string } | { bucket: string; prefix: string }

const locationOf = (argument: string, text: string): Location => {
  if (!/^[a-z0-9]+:\/\//i.test(text)) return { folder: resolve(text) }
  const url = parseStoreUrl(text)
  if (!url) throw new Error(`${argument}: expected a folder, or s3://bucket/prefix, got "${text}"`)
  return url
}

const isWithin = (inner: Location, outer: Location): boolean => {
  if ('folder' in inner) return 'folder' in outer && `${inner.folder}${sep}`.startsWith(`${outer.folder}${sep}`)
  // Buckets of one name on two engines are two.
  return 'bucket' in outer && inner.bucket === outer.bucket && inner.prefix.startsWith(outer.prefix) && isOneEngine()
}

const isOneEngine = (): boolean => readBucketEnv('SOURCE_').endpoint === readBucketEnv().endpoint

const placeOf = async (location: Location, prefix?: string): Promise<CopyTarget> => {
  if ('bucket' in location) {
    const { createBucketPlace } = await import('../../stores/copy/bucket-place.ts')
    const { create } = readBucketEnv(prefix)
    return createBucketPlace({ bucket: await bucketOf(location, prefix), create: create && prefix === undefined })
  }
  const { createFolderPlace } = await import('../../stores/copy/folder-place.ts')
  // Files of a folder that is copied from may be in the bucket of its fallback alone.
  const fallback = prefix === undefined ? undefined : readFallbackEnv()
  if (!fallback) return createFolderPlace(location.folder)
  const { keys } = await import('../../stores/s3/keys.ts')
  const bucket = await bucketOf(fallback, prefix)
  const place = createFolderPlace(location.folder, {
    readElsewhere: ({ projectId, imageId, name, content }) =>
      bucket.read(keys.variant(projectId, imageId, name), 0, content.bytes),
  })
  return {
    ...place,
    async close() {
      await place.close()
      await bucket.close()
    },
  }
}

const bucketOf = async (names: { bucket: string; prefix: string }, prefix?: string) => {
  const [{ createBucket }, { createCredentialSource }] = await Promise.all([
    import('../../stores/s3/client/bucket.ts'),
    import('../../stores/s3/client/credentials.ts'),
  ])
  const { credentials, endpoint, isPathStyle, region } = readBucketEnv(prefix)
  return createBucket({
    ...names,
    ...{ region, credentials: createCredentialSource(credentials) },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isPathStyle === undefined ? {} : { isPathStyle }),
  })
}
