// Lists of images in memory, for the fast path.

import { PROJECT_ID_SOURCE } from '../../core/names.ts'
import type { ListCache } from '../response/list-cache.ts'
import { type Prepared, prepareList } from './response-heads.ts'
import type { ReadUrl } from './types.ts'

const LIST = new RegExp(String.raw`^/projects/(${PROJECT_ID_SOURCE})/images(?:\?[!-~]*)?$`)

const LISTED = '/projects/{project_id}/images'

export const readListUrl =
  (lists: Pick<ListCache, 'find'>): ReadUrl =>
  (url) => {
    const projectId = LIST.exec(url)?.[1]
    if (projectId === undefined) return undefined
    let last: { etag: string; bytes: number; prepared: Prepared } | undefined
    return ({ method, conditions, noneMatch, hasCredentials }, share) => {
      // Lists have an entity tag and no date: other conditions are left to the app.
      if (method !== 'GET' || conditions > (noneMatch === undefined ? 0 : 1)) return undefined
      // Lists, unlike public pictures, are refused with invalid credentials: the app checks them.
      if (hasCredentials) return undefined
      const list = lists.find(url, projectId, share)
      if (!list) return undefined
      const { etag, body } = list
      if (last?.etag !== etag || last.bytes !== body.length)
        last = { etag, bytes: body.length, prepared: prepareList(list) }
      return { prepared: last.prepared, body, route: LISTED }
    }
  }
