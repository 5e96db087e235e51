// Share links: creates, lists and revokes them for callers that may change the project, and opens them by their tokens.

import { accessOf, mayReadByLink, type Principal, requireAccess } from '../../core/auth/access.ts'
import { isSecret } from '../../core/auth/api-key.ts'
import { isLinkId, type LinkGrant, MAX_LINKS, newLink, parseLinkToken, unknownLink } from '../../core/auth/links.ts'
import { TintypeError } from '../../core/errors.ts'
import { unknownImage, unknownProject } from '../../core/not-found.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState, ReadableState } from '../../core/project/state.ts'
import type { LinkRecord, Links } from '../../stores/links/links.ts'
import type { Store } from '../../stores/store.ts'

export interface LinkServiceOptions {
  links: Links
  store: Pick<Store, 'project' | 'images'>
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export interface NewLink {
  expiresAt: Date
  /** The only image that it shows. @default the whole project */
  imageId?: string
  /** @default false */
  upload?: boolean
  /** @default true */
  download?: boolean
}

/** A link that is open: what it leads to. */
export interface OpenedLink {
  link: LinkRecord
  /** The secret in the token. */
  secret: string
  project: ReadableState
  /** The image of a link to one. */
  image: ImageRecord | undefined
}

/** Calls with `by` also throw `project_not_found`, `forbidden` or `unauthenticated` where the principal lacks the right. */
export interface LinkService {
  /**
   * @returns the token, which is stored nowhere, and the record
   * @throws TintypeError `image_not_found`, `too_many_links`
   */
  create(projectId: string, link: NewLink, by: Principal): Promise<{ token: string; link: LinkRecord }>
  /** Links of the project that are valid, oldest first. */
  list(projectId: string, by: Principal): Promise<LinkRecord[]>
  /** Ends a link at once, for every holder. @throws TintypeError `link_not_found` */
  revoke(projectId: string, linkId: string, by: Principal): Promise<void>
  /** @throws TintypeError `link_not_found`: one error for every link that does not lead anywhere */
  open(token: string): Promise<OpenedLink>
}

/** Interval between sweeps of expired links, in milliseconds. */
const SWEEP_MS = 3_600_000
/** Time after which expired links are removed, in milliseconds. */
const KEPT_MS = 86_400_000

export const createLinkService = ({ links, store, now = Date.now }: LinkServiceOptions): LinkService => {
  let sweptAt = Number.NEGATIVE_INFINITY

  const sweepIfDue = async (): Promise<void> => {
    if (now() - sweptAt < SWEEP_MS) return
    sweptAt = now()
    await links.sweep(sweptAt - KEPT_MS)
  }

  /** The project of links, authorized on the state that they are bound to. */
  const projectFor = async (projectId: string, by: Principal): Promise<ProjectState> => {
    const project = await store.project(projectId)
    requireAccess(by, 'write', projectId, project && accessOf(project))
    if (!project) throw unknownProject(projectId)
    return project
  }

  const validOf = async ({ project_id, created_at }: ProjectState): Promise<LinkRecord[]> =>
    (await links.list(project_id)).filter(
      (link) => link.project_created_at === created_at && now() < Date.parse(link.expires_at),
    )

  const imageOf = async (projectId: string, imageId: string): Promise<ImageRecord | undefined> => {
    for (;;) {
      const project = await store.project(projectId)
      const images = project ? await store.images(project) : []
      // Undefined where the state is too old: a newer one has them.
      if (images) return images.find(({ id }) => id === imageId)
    }
  }

  return {
    async create(projectId, { expiresAt, imageId, upload = false, download = true }, by) {
      const project = await projectFor(projectId, by)
      if (imageId !== undefined && !(await imageOf(projectId, imageId))) throw unknownImage(projectId, imageId)
      const { id, token, sha256 } = newLink(projectId)
      const link: LinkRecord = {
        id,
        project_id: projectId,
        project_created_at: project.created_at,
        image_id: imageId ?? null,
        upload,
        download,
        sha256,
        created_at: new Date(now()).toISOString(),
        expires_at: expiresAt.toISOString(),
      }
      await sweepIfDue()
      await links.add(link)
      // Each of several that are created at once counts the others, so that there are never too many.
      if ((await validOf(project)).length <= MAX_LINKS) return { token, link }
      await links.remove(id)
      throw new TintypeError(
        'too_many_links',
        `Expected at most ${MAX_LINKS} links of project "${projectId}", there are ${MAX_LINKS}. Revoke one first.`,
        { details: { max_links: MAX_LINKS } },
      )
    },

    list: async (projectId, by) => validOf(await projectFor(projectId, by)),

    async revoke(projectId, linkId, by) {
      const project = await projectFor(projectId, by)
      const link = isLinkId(linkId) ? await links.find(linkId) : undefined
      const isOwn = link?.project_id === projectId && link.project_created_at === project.created_at
      if (!isOwn || !(await links.remove(linkId))) throw unknownLink()
    },

    async open(token) {
      const parsed = parseLinkToken(token)
      const link = parsed && (await links.find(parsed.id))
      if (!link || !isSecret(parsed.secret, link.sha256) || now() >= Date.parse(link.expires_at)) throw unknownLink()
      const project = await store.project(link.project_id)
      if (!project || project.created_at !== link.project_created_at) throw unknownLink()
      if (!mayReadByLink(project, grantOf(link))) throw unknownLink()
      const image = link.image_id === null ? undefined : await imageOf(link.project_id, link.image_id)
      if (link.image_id !== null && !image) throw unknownLink()
      return { link, secret: parsed.secret, project, image }
    },
  }
}

/** What a valid link grants. */
export const grantOf = (link: LinkRecord): LinkGrant => ({
  id: link.id,
  projectId: link.project_id,
  projectCreatedAt: link.project_created_at,
  imageId: link.image_id ?? undefined,
  upload: link.upload,
  download: link.download,
  expiresMs: Date.parse(link.expires_at),
})
