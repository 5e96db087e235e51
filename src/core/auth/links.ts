// Share links: their tokens, and what they grant to the holder of their cookie.

import { createHash, randomBytes } from 'node:crypto'
import { TintypeError } from '../errors.ts'
import { randomIds } from '../random-id.ts'

/** A share link as part of a principal: a right in one project, beside those that the principal has itself. */
export interface LinkGrant {
  id: string
  projectId: string
  /** `created_at` of the project: a later project of the same id is another one. */
  projectCreatedAt: string
  /** The only image that it shows. @default all of the project */
  imageId?: string
  /** Whether pictures may be added. */
  upload: boolean
  /** Whether originals and archives may be read. */
  download: boolean
  /** Milliseconds since 1970. */
  expiresMs: number
}

/** A project as far as links are bound to it. */
interface LinkedProject {
  project_id: string
  created_at?: string
}

/** The picture of a request, as far as links differ in it. */
export interface WantedPicture {
  /** Undefined for a picture that is named by another id, such as the cover. */
  imageId?: string | undefined
  /** True for originals, renders of their size, and archives. */
  isOriginal: boolean
}

type Links = readonly LinkGrant[] | undefined

const inProject = (links: Links, { project_id: id, created_at: at }: LinkedProject): LinkGrant[] =>
  links?.filter(({ projectId, projectCreatedAt }) => projectId === id && projectCreatedAt === at) ?? []

/** A link to the whole project; with `upload`, where one of them has it. */
export const projectGrant = (links: Links, project: LinkedProject): LinkGrant | undefined => {
  const whole = inProject(links, project).filter(({ imageId }) => imageId === undefined)
  return whole.find(({ upload }) => upload) ?? whole[0]
}

/**
 * The link that shows a picture, of several the one that lasts longest. `no_download`: the links show the picture, but not
 * in this size.
 *
 * @param wanted called only for links of this project
 */
export const pictureGrant = (
  links: Links,
  project: LinkedProject,
  wanted: () => WantedPicture,
): LinkGrant | 'no_download' | undefined => {
  const own = inProject(links, project)
  if (own.length === 0) return undefined
  const { imageId: id, isOriginal } = wanted()
  const showing = own.filter(({ imageId }) => imageId === undefined || imageId === id)
  if (showing.length === 0) return undefined
  const allowed = showing.filter(({ download }) => download || !isOriginal)
  return allowed.sort((one, other) => other.expiresMs - one.expiresMs)[0] ?? 'no_download'
}

export const noDownload = (projectId: string): TintypeError =>
  new TintypeError('forbidden', `The link to project "${projectId}" shows no originals and gives no archives.`)

/** Links of one project that can be valid at a time. */
export const MAX_LINKS = 100

/** Life of a link, in seconds: a minute to 366 days. */
export const LINK_SECONDS = { least: 60, most: 366 * 86_400 } as const

const GROUP_LENGTH = 12
const ID_SOURCE = `[0-9a-z]{${2 * GROUP_LENGTH}}`
const SECRET_SOURCE = '[A-Za-z0-9_-]{43}'

/** Ids begin with the group of their project, so that those of a project are found together. */
export const LINK_ID = new RegExp(`^${ID_SOURCE}$`)
const SECRET = new RegExp(`^${SECRET_SOURCE}$`)
const TOKEN = new RegExp(`^ttl_(${ID_SOURCE})_(${SECRET_SOURCE})$`)

export const isLinkId = (text: string): boolean => LINK_ID.test(text)

export const isLinkSecret = (text: string): boolean => SECRET.test(text)

const newRest = randomIds(GROUP_LENGTH)

/** First half of the ids of a project's links. Two projects may have the same. */
export const groupOf = (projectId: string): string => {
  const hash = createHash('sha256').update(`tintype link\n${projectId}`).digest()
  return hash.readBigUInt64BE().toString(36).padStart(GROUP_LENGTH, '0').slice(-GROUP_LENGTH)
}

/** The group in an id. */
export const groupIn = (linkId: string): string => linkId.slice(0, GROUP_LENGTH)

/** A new link: its id, its token as it is sent, and the hash of the secret, which alone is stored. */
export const newLink = (projectId: string): { id: string; token: string; sha256: string } => {
  const id = groupOf(projectId) + newRest()
  const secret = randomBytes(32).toString('base64url')
  return { id, token: `ttl_${id}_${secret}`, sha256: createHash('sha256').update(secret).digest('hex') }
}

export const parseLinkToken = (text: string): { id: string; secret: string } | undefined => {
  const [, id, secret] = TOKEN.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

export const unknownLink = (): TintypeError =>
  new TintypeError('link_not_found', 'The link is unknown, has expired or was withdrawn.')
