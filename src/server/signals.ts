// SIGINT and SIGTERM: the first one shuts the server down gracefully, a second one ends the process at once.

import { constants } from 'node:os'

type Handler = (signal: NodeJS.Signals) => void

/** Ends the process with the code by which a shell reports that a signal ended it. */
export const exitBySignal: Handler = (signal) => process.exit(128 + constants.signals[signal])

/** @param later handler of the second signal and of further ones. @default exitBySignal */
export const onSignals = (first: Handler, later: Handler = exitBySignal): void => {
  let came = false
  const handle: Handler = (signal) => {
    if (came) return later(signal)
    came = true
    first(signal)
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)
}
