// The change feed, and the number of its streams for the metrics.

import { createChangeFeed } from '../services/events/change-feed.ts'
import type { Foundation } from './foundation.ts'
import type { buildStore } from './store.ts'

export const buildEvents = ({ options, metrics }: Foundation, { store }: ReturnType<typeof buildStore>) => {
  const feed = createChangeFeed({ store, maxStreams: options.maxEventStreams })
  metrics.watchStreams(feed.count)
  return feed
}
