import { describe, expect, it } from 'vitest'
import type { ProjectEvent } from '../../../src/core/project/events.ts'
import { pendingOf } from '../../../src/services/webhooks/pending.ts'
import { AT } from '../../support/webhooks/webhook.ts'

const ADDED: ProjectEvent[] = [
  { type: 'project.changed' },
  { type: 'image.added', image_id: 'a' },
  { type: 'image.added', image_id: 'b' },
  { type: 'cover.changed', image_id: 'a' },
]
const ALL = { events: null, owner: { kind: 'unrestricted' }, project_id: null } as const
const START = { revision: 6, events: 0 }

const changesOf = (...events: ProjectEvent[][]) => ({
  projectId: 'shop',
  revision: 6 + events.length,
  reset: false,
  revisions: events.map((each, index) => ({ revision: 7 + index, at: AT, events: each })),
})

describe('pending messages', () => {
  it('are the events in their order, each with the cursor behind it', () => {
    const { messages, end } = pendingOf(ALL, START, changesOf(ADDED, [{ type: 'project.changed' }]), AT)
    expect(messages.map(({ message, next }) => [message.type, message.revision, next.revision, next.events])).toEqual([
      ['project.changed', 7, 6, 1],
      ['image.added', 7, 6, 2],
      ['image.added', 7, 6, 3],
      ['cover.changed', 7, 7, 0],
      ['project.changed', 8, 8, 0],
    ])
    expect(end).toEqual({ revision: 8, events: 0 })
  })

  it('begin behind the events that were delivered, and keep their ids', () => {
    const all = pendingOf(ALL, START, changesOf(ADDED), AT).messages
    const rest = pendingOf(ALL, { revision: 6, events: 2 }, changesOf(ADDED), AT).messages
    expect(rest).toEqual(all.slice(2))
  })

  it('are limited to the filter, whose other events are passed', () => {
    const { messages, end } = pendingOf({ ...ALL, events: ['cover.changed'] }, START, changesOf(ADDED), AT)
    expect(messages.map(({ message }) => message.type)).toEqual(['cover.changed'])
    expect(end).toEqual({ revision: 7, events: 0 })
  })

  it('are one reset, whatever the filter, where the changes are gone', () => {
    const gone = { projectId: 'shop', revision: 90, reset: true, revisions: [] }
    const { messages } = pendingOf({ ...ALL, events: ['cover.changed'] }, START, gone, AT)
    expect(messages.map(({ message, next }) => [message.type, message.revision, next])).toEqual([
      ['project.reset', 90, { revision: 90, events: 0 }],
    ])
  })

  it('of a user end with the deletion of the project, and those of a key do not', () => {
    const changes = changesOf([{ type: 'project.deleted' }], ADDED)
    const ofUser = { events: null, owner: { kind: 'user', id: 'ada' }, project_id: 'shop' } as const
    const user = pendingOf(ofUser, START, changes, AT)
    expect(user.messages.map(({ message }) => message.type)).toEqual(['project.deleted'])
    expect([user.end, user.isLast]).toEqual([{ revision: 7, events: 0 }, true])
    const key = pendingOf({ ...ofUser, owner: { kind: 'key', id: 'build' } }, START, changes, AT)
    expect([key.messages.length, key.isLast]).toEqual([5, false])
  })
})
