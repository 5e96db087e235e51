// Messages of the changes after a cursor, each with the cursor that follows it.

import { isWanted, messageOf, resetMessage, type WebhookMessage } from '../../core/webhooks/events.ts'
import type { Webhook } from '../../core/webhooks/model.ts'
import type { Cursor } from '../../stores/webhooks/webhook-store.ts'
import type { WebhookChanges } from './job-changes.ts'

export interface Pending {
  messages: readonly PendingMessage[]
  /** The cursor behind all changes. */
  end: Cursor
  /** True where a user's webhook ends here, with its project: the next one with this id can be another user's. */
  isLast: boolean
}

interface PendingMessage {
  message: WebhookMessage
  /** Time of the event, ISO 8601. */
  at: string
  next: Cursor
}

/** @param at ISO 8601 time of a reset, whose own is not known */
export const pendingOf = (
  { events, owner, project_id }: Pick<Webhook, 'events' | 'owner' | 'project_id'>,
  cursor: Cursor,
  changes: WebhookChanges,
  at: string,
): Pending => {
  const end = { revision: changes.revision, events: 0 }
  if (changes.reset)
    return {
      messages: [{ message: resetMessage(changes.projectId, changes.revision, at), at, next: end }],
      end,
      isLast: false,
    }
  const endsWithProject = project_id !== null && owner.kind === 'user'
  const messages: PendingMessage[] = []
  for (const listed of changes.revisions) {
    const { revision } = listed
    const first = revision === cursor.revision + 1 ? cursor.events : 0
    for (const [index, event] of listed.events.entries()) {
      const next =
        index + 1 < listed.events.length ? { revision: revision - 1, events: index + 1 } : { revision, events: 0 }
      const isOther = 'job_id' in event && project_id !== null && event.project_id !== project_id
      if (index >= first && !isOther && isWanted(events, event))
        messages.push({ message: messageOf(changes.projectId, listed, event, index), at: listed.at, next })
      if (endsWithProject && event.type === 'project.deleted') return { messages, end: next, isLast: true }
    }
  }
  return { messages, end, isLast: false }
}
