// One stream of changes for all tabs of this browser: the tab that holds a lock reads it and tells the others.

import type { ProjectEvent, Subscription } from '../../client/index.ts'
import { tintype } from '../app/api.ts'

type Listener = (event: ProjectEvent) => void

/** Held by the tab that reads the stream. */
const READER = 'tintype-feed'

/** Held by a tab for each project that it shows, so that the reader knows them, and that they end with their tab. */
const SHOWN = 'tintype-shown '

/** Time between two looks at which projects are shown, in milliseconds: tabs that were closed tell nothing. */
const LOOK_MS = 30_000

/** Most projects of one stream. */
const MOST = 100

const listeners = new Map<string, Set<Listener>>()
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tintype-changes') : undefined

type Message = { type: 'shown' } | { type: 'event'; event: ProjectEvent }

const hear = (event: ProjectEvent): void => {
  for (const listener of listeners.get(event.project_id) ?? []) listener(event)
}

const tell = (event: ProjectEvent): void => {
  hear(event)
  tabs?.postMessage({ type: 'event', event } satisfies Message)
}

let look = (): void => {}

tabs?.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  if (data.type === 'event') hear(data.event)
  else look()
})

/** Listens to the changes of a project until the returned function is called. */
export const listenTo = (projectId: string, listener: Listener): (() => void) => {
  const own = listeners.get(projectId) ?? new Set()
  listeners.set(projectId, own.add(listener))
  const release = announce(projectId)
  return () => {
    own.delete(listener)
    if (own.size === 0) listeners.delete(projectId)
    release()
  }
}

const announce = (projectId: string): (() => void) => {
  // Pages over plain HTTP have no locks: each of their tabs reads a stream of its own.
  if (!navigator.locks || !tabs) {
    const { close } = tintype.subscribe(projectId, hear)
    return close
  }
  let release = () => {}
  const shown = new Promise<void>((resolve) => {
    release = resolve
  })
  const changed = () => {
    tabs.postMessage({ type: 'shown' } satisfies Message)
    look()
  }
  void navigator.locks.request(`${SHOWN}${projectId} ${Math.random()}`, () => {
    changed()
    return shown
  })
  becomeReader()
  return () => {
    release()
    // The lock is free a moment later.
    setTimeout(changed, 100)
  }
}

let isCandidate = false

/** Waits to be the tab that reads, and is it until it is closed. */
const becomeReader = (): void => {
  if (isCandidate) return
  isCandidate = true
  void navigator.locks.request(READER, async () => {
    let read: readonly string[] = []
    let subscription: Subscription | undefined
    look = () => void lookNow()
    const lookNow = async () => {
      const shown = await shownProjects()
      if (shown.join() === read.join()) return
      const before = read
      read = shown
      subscription?.close()
      subscription = undefined
      if (shown.length === 0) return
      const own = tintype.subscribe(shown, tell)
      subscription = own
      // Changes between the two streams were missed.
      for (const project_id of before) if (shown.includes(project_id)) tell({ type: 'reset', project_id, revision: 0 })
      own.ended.catch(() => {
        // Lost access to one of them ends the stream of all: the next look begins it again.
        if (subscription === own) read = []
      })
    }
    look()
    setInterval(look, LOOK_MS)
    await new Promise(() => {})
  })
}

const shownProjects = async (): Promise<readonly string[]> => {
  const { held = [] } = await navigator.locks.query()
  const names = held.flatMap(({ name = '' }) => (name.startsWith(SHOWN) ? (name.split(' ')[1] ?? []) : []))
  return [...new Set(names)].sort().slice(0, MOST)
}
