// Session: the person of this browser, and requests that go on after a session has ended and was begun again.

import { computed, signal } from '@preact/signals'
import { type components, dataOf, TintypeClientError } from '../../client/index.ts'
import { isCode, onSessionEnd, tintype } from './api.ts'

type Me = components['schemas']['Me']

/** Null for visitors, undefined until it is known. */
export const me = signal<Me | null | undefined>(undefined)

/** Counts the beginnings and ends of sessions: lists depend on it. */
export const generation = signal(0)

/** Whether the person may create projects, as far as is known before a request. */
export const mayCreate = computed(() => me.value != null)

/** Resolves the question that {@link askAgain} has put; undefined where none is open. */
export const question = signal<{ resolve(isSignedIn: boolean): void } | undefined>(undefined)

/** Tells other tabs of this browser. */
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tintype-session') : undefined

export const loadMe = async (): Promise<void> => {
  const before = me.value?.id
  try {
    me.value = await dataOf(tintype.api.GET('/auth/me'))
  } catch (error) {
    // Where the server cannot be reached, lists say so.
    me.value = error instanceof TintypeClientError && error.status !== 401 ? (me.value ?? null) : null
  }
  if (me.value?.id !== before) generation.value++
  if (me.value) question.value?.resolve(true)
}

/** To be called after signing in or out. */
export const sessionChanged = async (): Promise<void> => {
  await loadMe()
  tabs?.postMessage('changed')
}

tabs?.addEventListener('message', () => void loadMe())

onSessionEnd(() => {
  if (me.value) void askAgain()
})

let signingIn: Promise<boolean> | undefined

/** Asks for the password again. @returns whether there is a session now */
const askAgain = (): Promise<boolean> => {
  signingIn ??= new Promise<boolean>((resolve) => {
    question.value = { resolve }
  }).finally(() => {
    question.value = undefined
    signingIn = undefined
  })
  return signingIn
}

/** Runs a task, and again after a session that has ended meanwhile was begun again. @throws what the task throws */
export const withSession = async <Result>(task: () => Promise<Result>): Promise<Result> => {
  for (;;) {
    try {
      return await task()
    } catch (error) {
      const isEnded = question.value !== undefined || isCode(error, 'unauthenticated', 'csrf')
      if (!me.value || !isEnded || !(await askAgain())) throw error
    }
  }
}

export const signOut = async (): Promise<void> => {
  await dataOf(tintype.api.POST('/auth/logout', { body: { cookie: true } }))
  me.value = null
  generation.value++
  tabs?.postMessage('changed')
}
