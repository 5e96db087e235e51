// Hints of changed projects over the broker: between servers and workers on several machines.

import { createAmqpHints } from '../../queues/amqp/hints.ts'
import type { buildStore } from '../store.ts'
import type { Broker } from './broker.ts'

/**
 * Reports the changes of this process to the others, and theirs to the store.
 *
 * @param isListening false where nothing of this process watches projects. @default true
 */
export const buildChangeHints = (
  broker: Broker | undefined,
  { store, ready }: Pick<ReturnType<typeof buildStore>, 'ready'> & { store: ChangingStore },
  { isListening = true }: { isListening?: boolean } = {},
): void => {
  if (!broker) return
  const start = (): void => {
    // It changes nothing, and may not make the names of the queues.
    if (store.isReadOnly()) return
    const hints = createAmqpHints({
      ...broker,
      ...(isListening ? { onChanged: (projectId: string) => store.hint(projectId) } : {}),
    })
    // Ends with the store.
    store.watchCommits(({ projectId }) => hints.changed(projectId), { signal: new AbortController().signal })
  }
  ready.then(start, () => {})
}

type ChangingStore = Pick<ReturnType<typeof buildStore>['store'], 'isReadOnly' | 'hint' | 'watchCommits'>
