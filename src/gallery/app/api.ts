// The client of the API, with the cookies of this browser.

import { createClient, TintypeClientError } from '../../client/index.ts'

/** Path that the app is mounted under, without a slash at the end. */
export const base = document.querySelector<HTMLMetaElement>('meta[name=tintype-base]')?.content ?? ''

const ended = new Set<() => void>()

/** Calls a listener when the session cannot be renewed any more. */
export const onSessionEnd = (listener: () => void): void => void ended.add(listener)

export const tintype = createClient({
  baseUrl: location.origin + base,
  cookies: true,
  onSignedOut: () => {
    for (const listener of ended) listener()
  },
})

/** The failure of a request in the words of the API, for people. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof TintypeClientError && codes.includes(error.code)
