// Router: the view of the address, and links that change it without a reload.

import { computed, signal } from '@preact/signals'
import { base } from './api.ts'

export type Route =
  | { view: 'wall' }
  | { view: 'project'; projectId: string; imageId: string | undefined }
  | { view: 'unknown' }

const address = signal(location.href)

addEventListener('popstate', () => {
  address.value = location.href
})

export const route = computed((): Route => {
  const { pathname, searchParams } = new URL(address.value)
  const path = pathname.slice(base.length)
  if (path === '' || path === '/') return { view: 'wall' }
  const project = /^\/g\/([^/]+)$/.exec(path)?.[1]
  if (project === undefined) return { view: 'unknown' }
  return { view: 'project', projectId: decoded(project), imageId: searchParams.get('image') ?? undefined }
})

export const wallUrl = base || '/'
export const projectUrl = (projectId: string): string => `${base}/g/${encodeURIComponent(projectId)}`
export const imageUrl = (projectId: string, imageId: string): string => `${projectUrl(projectId)}?image=${imageId}`

/** @param isReplaced true where "back" must not lead to the present address */
export const navigate = (url: string, isReplaced = false): void => {
  if (isReplaced) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  address.value = location.href
}

/** Follows a link within the page, unless a key asks for another tab. */
export const follow = (event: MouseEvent): void => {
  const link = event.currentTarget
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented) return
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  navigate(link.href)
  scrollTo(0, 0)
  // The link may be gone with its view.
  document.querySelector('main')?.focus()
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
