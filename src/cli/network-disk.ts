// Warns of a storage folder on a network file system.

import type { Config } from '../config/load.ts'
import { networkDiskOf } from '../stores/file/network-disk.ts'
import type { Logger } from '../telemetry/logger.ts'

export const warnOfNetworkDisk = ({ storageDir, bucket }: Config, log: Logger): void => {
  if (bucket) return
  const fileSystem = networkDiskOf(storageDir)
  if (fileSystem === undefined) return
  log.warn(
    { folder: storageDir, fileSystem },
    'the storage folder is on a network file system, which is not tested; changes can be lost or seen late there, so use ' +
      'it from one machine only, or move it to a local disk',
  )
}
