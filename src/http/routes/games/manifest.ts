// Route of manifests: the URL of every picture of a project by name, for game engines and service workers.
//
// A URL names the image, so that it never means another picture and can be cached for ever. The answer to a signed request
// carries signatures: a loader sends no credentials with the pictures. They end with that of the request.

import { createHash } from 'node:crypto'
import { isPublic } from '../../../core/auth/access.ts'
import type { Size } from '../../../core/names.ts'
import { type NamedImage, namedImages } from '../../../core/project/assets.ts'
import type { ImageRecord } from '../../../core/project/model.ts'
import type { ReadableState } from '../../../core/project/state.ts'
import { EXTENSIONS, type Format } from '../../../core/transform/formats.ts'
import type { ImageService } from '../../../services/images/images.ts'
import type { Context } from '../../context.ts'
import type { Guard } from '../../guard.ts'
import { projectIdOf, queryOf, requireKnown, requireSignatureForm, searchOf, sizeOf } from '../../request/params.ts'
import type { TransformRequestParser } from '../../request/transform-request.ts'
import { streamed } from '../../response/image-list.ts'
import { hasEtag, jsonHeaders, notModified, respond, revalidated } from '../../response/respond.ts'
import type { Views } from '../../response/views.ts'
import {
  type ManifestFileView,
  manifestFormatSchema,
  manifestLayoutSchema,
  manifestQuery,
} from '../../schemas/images/manifest.ts'

export interface ManifestRouteOptions {
  images: Pick<ImageService, 'list'>
  views: Pick<Views, 'imageUrl' | 'projectUrl'>
  guard: Guard
  transformRequests: Pick<TransformRequestParser, 'signedUntil' | 'sign'>
}

const PARAMETERS = Object.keys(manifestQuery.shape)

/** Changes with the form of manifests: after an update, clients fetch those again that they have from the older version. */
const FORM = 1

/** Images of one piece: their signatures take about a millisecond. */
const PIECE_LENGTH = 128

export const createManifestRoutes = ({ images, views, guard, transformRequests }: ManifestRouteOptions) => ({
  async read(c: Context) {
    const projectId = projectIdOf(c)
    requireSignatureForm(c)
    const signedUntil = () => transformRequests.signedUntil(`/projects/${projectId}/manifest.json`, searchOf(c))
    const wanted = () => ({ isOriginal: sizeOf(c) === 'original' })
    return guard.picture(c, projectId, { signedUntil, wanted }, async ({ project: authorized, access }) => {
      requireKnown(c, PARAMETERS)
      // With credentials too: the pictures may be loaded without them. A share link gives no signatures, which would outlast
      // its revocation.
      const untilMs = access.isPrivate ? signedUntil() : undefined
      const request = {
        size: sizeOf(c),
        format: queryOf(c, 'format', manifestFormatSchema) ?? 'jpeg',
        layout: queryOf(c, 'layout', manifestLayoutSchema) ?? 'files',
        signed: (url: string) => (untilMs === undefined ? url : transformRequests.sign(url, untilMs)),
      }
      const project = authorized()
      const isPrivate = !isPublic(project)
      // A signature of any URL stands for those of all: it changes with the signing key and the end.
      const etag = etagOf(project, { ...request, base: request.signed(views.projectUrl(projectId)) })
      if (hasEtag(c, etag)) return notModified(c, revalidated(etag, isPrivate))
      const list = await images.list(project)
      if (!list) return undefined
      const urlOf = ({ id }: ImageRecord) =>
        request.signed(`${views.imageUrl(projectId, id)}/${request.size}.${EXTENSIONS[request.format]}`)
      const named = namedImages(list.images)
      const pieces = request.layout === 'pixi' ? pixiPieces : filePieces
      const body = c.req.method === 'HEAD' ? null : streamed(c, pieces({ project, named, urlOf, ...request }))
      return respond(c, body, 200, jsonHeaders(etag, isPrivate))
    })
  },
})

interface Manifest {
  project: ReadableState
  named: readonly NamedImage[]
  size: Size
  format: Format
  urlOf(image: ImageRecord): string
}

function* filePieces({ project, named, size, format, urlOf }: Manifest): Generator<string, undefined> {
  const { project_id, revision } = project
  yield `${JSON.stringify({ project_id, revision, size, format }).slice(0, -1)},"files":{`
  const fileOf = (image: ImageRecord): ManifestFileView => {
    const { width, height, bytes, sha256 } = image.sizes[size]
    const stored = format === 'jpeg' ? { bytes, sha256 } : { bytes: null, sha256: null }
    return { url: urlOf(image), width, height, ...stored }
  }
  yield* joined(named, ({ name, image }) => `${JSON.stringify(name)}:${JSON.stringify(fileOf(image))}`)
  yield '}}'
}

function* pixiPieces({ project, named, urlOf }: Manifest): Generator<string, undefined> {
  yield `{"bundles":[{"name":${JSON.stringify(project.project_id)},"assets":[`
  yield* joined(named, ({ name, image }) => JSON.stringify({ alias: name, src: urlOf(image) }))
  yield ']}]}'
}

function* joined(named: readonly NamedImage[], textOf: (image: NamedImage) => string): Generator<string, undefined> {
  for (let at = 0; at < named.length; at += PIECE_LENGTH) {
    const texts = named.slice(at, at + PIECE_LENGTH).map(textOf)
    yield (at === 0 ? '' : ',') + texts.join(',')
  }
}

const etagOf = (
  { revision }: ReadableState,
  { size, format, layout, base }: { size: Size; format: Format; layout: string; base: string },
): string => {
  const text = [FORM, size, format, layout, base].join('\n')
  return `"${revision}-${createHash('sha256').update(text).digest('base64url').slice(0, 8)}"`
}
