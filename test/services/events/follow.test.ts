// The beginning of a stream: no change falls between the read of a project and the watch over it.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import { createChangeFeed } from '../../../src/services/events/change-feed.ts'
import type { StreamMessage } from '../../../src/services/events/follow.ts'
import type { Store } from '../../../src/stores/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore } from '../../support/store/file-store.ts'
import { PATIENCE } from '../../support/vitest/patience.ts'

const ADA: Principal = { kind: 'user', id: 'ada' }

/** Follows projects by a store that does something around its own reads; the messages so far. */
const followed = async (
  { store, by, ids }: { store: Store; by: Principal; ids: readonly string[] },
  around: Partial<Pick<Store, 'project' | 'watch'>>,
) => {
  // Each read goes through `project`, as it does in a store that several machines share.
  const { changesAfter, watch, project } = store
  const feed = createChangeFeed({ store: { changesAfter, watch, project, ...around, current: () => undefined } })
  const messages: StreamMessage[] = []
  const end = new AbortController()
  onTestFinished(() => end.abort())
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const request = {
    projects: ids.map((projectId) => ({ projectId, since: undefined })),
    identify: () => Promise.resolve(by),
    onBegun: begin,
    send: async (message: StreamMessage) => void messages.push(message),
    signal: end.signal,
  }
  void feed.follow(request)
  await begun
  return messages
}

const typesOf = (messages: readonly StreamMessage[]): string[] =>
  messages.flatMap((message) =>
    message.kind === 'events'
      ? message.events.map(({ type }) => `${message.projectId} ${message.revision} ${type}`)
      : [],
  )

const shown = (messages: readonly StreamMessage[]) => messages.find(({ kind }) => kind === 'start')

const opened = async () => {
  const store = await openFileStore(await temporaryFolder())
  const create = (projectId: string, visibility: 'public' | 'private' = 'public') =>
    store.commit(projectId, { type: 'create_project', visibility })
  const edit = (projectId: string, title: string) => store.commit(projectId, { type: 'edit', title })
  return { store, create, edit }
}

describe('a stream', () => {
  it('has a project that is created once it was read as absent', async () => {
    const { store, create } = await opened()
    let isCreated = false
    const project: Store['project'] = async (projectId) => {
      const state = await store.project(projectId)
      if (projectId === 'b' && !isCreated) {
        isCreated = true
        expect(state).toBeUndefined()
        await create('b')
      }
      return state
    }
    await create('a')
    const messages = await followed({ store, by: { kind: 'unrestricted' }, ids: ['a', 'b'] }, { project })
    await vi.waitFor(() => expect(typesOf(messages)).toEqual(['b 1 project.changed']), PATIENCE)
    expect(shown(messages)).toEqual({ kind: 'start', positions: [1, 0] })
  })

  it('has no change twice that was made once watching began, and before the project was read', async () => {
    const { store, create, edit } = await opened()
    for (const id of ['a', 'b']) await create(id)
    const watch: Store['watch'] = async (...args) => {
      await store.watch(...args)
      await edit('b', 'before the start')
    }
    const messages = await followed({ store, by: { kind: 'unrestricted' }, ids: ['a', 'b'] }, { watch })
    await edit('b', 'after the start')
    await vi.waitFor(() => expect(typesOf(messages)).toEqual(['b 3 project.changed']), PATIENCE)
    expect(shown(messages)).toEqual({ kind: 'start', positions: [1, 2] })
  })

  it('has a project that becomes readable once it was read as hidden', async () => {
    const { store, create } = await opened()
    await create('a')
    await create('b', 'private')
    let isShown = false
    const project: Store['project'] = async (projectId) => {
      const state = await store.project(projectId)
      if (projectId === 'b' && !isShown) {
        isShown = true
        await store.commit('b', { type: 'edit', visibility: 'public' })
      }
      return state
    }
    const messages = await followed({ store, by: ADA, ids: ['a', 'b'] }, { project })
    await vi.waitFor(() => expect(messages.filter(({ kind }) => kind !== 'start')).toHaveLength(1), PATIENCE)
    expect(shown(messages)).toEqual({ kind: 'start', positions: [1, 0] })
    expect(messages.at(-1)).toMatchObject({ projectId: 'b', revision: 2, positions: [1, 2] })
  })
})
