// Share links for tests: made by the API, or planted in the store with any time and scope.

import { newLink } from '../../../src/core/auth/links.ts'
import { linkWithUrlSchema } from '../../../src/http/schemas/links.ts'
import { projectSchema } from '../../../src/http/schemas/projects.ts'
import { LINK_COOKIE } from '../../../src/services/links/link-cookies.ts'
import type { LinkRecord } from '../../../src/stores/links/links.ts'
import { recordsOf } from '../store/here.ts'
import type { AccessApp, Who } from './access.ts'
import { cookieHeader, cookiesOf } from './sessions.ts'

export const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString()

type Api = Pick<AccessApp, 'ask'>

/** Creates a link, which is valid for an hour unless `body` says otherwise. */
export const makeLink = async ({ ask }: Api, who: Who, projectId: string, body: Record<string, unknown> = {}) => {
  const answer = await ask(who, 'POST', `/projects/${projectId}/links`, { expires: inSeconds(3600), ...body })
  if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${await answer.text()}`)
  return linkWithUrlSchema.parse(await answer.json())
}

/** Opens a link as an API client, and returns the header with its cookie. */
export const openLink = async ({ ask }: Api, url: string): Promise<Who> => {
  const answer = await ask({}, 'GET', url)
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${await answer.text()}`)
  return cookieHeader(cookiesOf(answer))
}

/** Header with the cookie of a new link. */
export const guestOf = async (api: Api, who: Who, projectId: string, body?: Record<string, unknown>): Promise<Who> =>
  openLink(api, (await makeLink(api, who, projectId, body)).url)

/** Plants a link to a project in the store, and returns the header with its cookie. */
export const plantLink = async (
  { ask, storageDir }: AccessApp,
  who: Who,
  projectId: string,
  fields: Partial<LinkRecord> = {},
): Promise<Who> => {
  const project = projectSchema.parse(await (await ask(who, 'GET', `/projects/${projectId}`)).json())
  const { id, token, sha256 } = newLink(projectId)
  await (await recordsOf(storageDir)).links.add({
    id,
    project_id: projectId,
    project_created_at: project.created_at,
    image_id: null,
    upload: false,
    download: true,
    sha256,
    created_at: inSeconds(0),
    expires_at: inSeconds(3600),
    ...fields,
  })
  return cookieHeader({ [`${LINK_COOKIE}${id}`]: token.slice(-43) })
}
