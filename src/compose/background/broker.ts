// The broker that all processes of a store share; undefined where none is set.

import { type AmqpConnection, createAmqpConnection } from '../../queues/amqp/connection.ts'
import { createBucketFolder } from '../../stores/private/bucket-folder.ts'
import { createQueueFolder, ensureFolderId, QUEUES } from '../../stores/private/folder-id.ts'
import type { Foundation } from '../foundation.ts'

export interface Broker {
  connection: AmqpConnection
  /** Prefix of the names of all queues, the same in all processes of the store. @throws TintypeError `store_unavailable` */
  prefix(): Promise<string>
}

export const buildBroker = ({ options, storageDir, bucket, log, metrics }: Foundation): Broker | undefined => {
  const { queue: url = '' } = options
  if (url === '') return undefined
  const connection = createAmqpConnection({ url, log })
  metrics.watchBroker(() => {
    const reconnects = connection.reconnects()
    return reconnects === undefined ? undefined : { isConnected: connection.isConnected(), reconnects }
  })
  const folder = bucket
    ? createBucketFolder({ bucket, name: QUEUES, subject: 'the id of the queues', staleMs: 0 })
    : createQueueFolder(storageDir)
  return {
    connection,
    prefix: async () => `tintype.${await ensureFolderId(folder)}`,
  }
}
