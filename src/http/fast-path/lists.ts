// Lists of images in memory, for the fast path.

import { PROJECT_ID_SOURCE } from '../../core/names.ts'
import type { ListCache } from '../response/list-cache.ts'
import type { FastGuard } from './guard.ts'
import { type Prepared, prepareList } from './response-heads.ts'
import type { ReadUrl } from './types.ts'

export interface ReadListUrlOptions {
  lists: Pick<ListCache, 'find'>
  guard: Pick<FastGuard, 'list'>
}

const LIST = new RegExp(String.raw`^/projects/(${PROJECT_ID_SOURCE})/images(?:\?[!-~]*)?$`)

const LISTED = '/projects/{project_id}/images'

export const readListUrl =
  ({ lists, guard }: ReadListUrlOptions): ReadUrl =>
  (url) => {
    const projectId = LIST.exec(url)?.[1]
    if (projectId === undefined) return undefined
    let last: { etag: string; bytes: number; isPrivate: boolean; prepared: Prepared } | undefined
    return (request) => {
      const { method, conditions, noneMatch } = request
      // Lists have an entity tag and no date: other conditions are left to the app.
      if (method !== 'GET' || conditions > (noneMatch === undefined ? 0 : 1)) return undefined
      const authorized = guard.list(request, projectId)
      const list = authorized && lists.find(url, authorized.project)
      if (!list) return undefined
      const { etag, body } = list
      const { isPrivate } = authorized.access
      if (last?.etag !== etag || last.bytes !== body.length || last.isPrivate !== isPrivate)
        last = { etag, bytes: body.length, isPrivate, prepared: prepareList(list, isPrivate) }
      return { prepared: last.prepared, body, route: LISTED }
    }
  }
