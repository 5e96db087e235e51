// Route of archives: all images of a project as one ZIP file.

import { isPublic } from '../../core/auth/access.ts'
import type { Size } from '../../core/names.ts'
import type { Archives } from '../../services/transfer/archives.ts'
import type { Context } from '../context.ts'
import type { Guard } from '../guard.ts'
import { projectIdOf, requireKnown, requireSignatureForm, searchOf, sizeOf } from '../request/params.ts'
import type { TransformRequestParser } from '../request/transform-request.ts'
import { archiveStream } from '../response/archive-stream.ts'
import { BASE_HEADERS, hasEtag, notModified, respond, revalidated } from '../response/respond.ts'
import { archiveQuery } from '../schemas/parameters.ts'

export interface ArchiveRouteOptions {
  archives: Archives
  guard: Guard
  transformRequests: Pick<TransformRequestParser, 'signedUntil'>
}

const PARAMETERS = Object.keys(archiveQuery.shape)

export const createArchiveRoutes = ({ archives, guard, transformRequests }: ArchiveRouteOptions) => ({
  async read(c: Context) {
    const projectId = projectIdOf(c)
    requireSignatureForm(c)
    const signedUntil = () => transformRequests.signedUntil(`/projects/${projectId}/archive`, searchOf(c))
    const wanted = () => ({ isOriginal: true })
    return guard.picture(c, projectId, { signedUntil, wanted }, async (authorized) => {
      requireKnown(c, PARAMETERS)
      const size = sizeOf(c)
      const project = authorized.project()
      const caching = revalidated(`"${project.revision}-${size}-archive"`, !isPublic(project))
      if (hasEtag(c, caching.ETag)) return notModified(c, caching)
      const archive = await archives.find(project, size)
      if (!archive) return undefined
      const headers = {
        ...caching,
        ...BASE_HEADERS,
        'Content-Type': 'application/zip',
        'Content-Length': String(archive.bytes),
        'Content-Disposition': `attachment; filename="${fileNameOf(projectId, size)}"`,
        'Accept-Ranges': 'none',
        // nginx would buffer a gigabyte of it, and then read nothing for minutes.
        'X-Accel-Buffering': 'no',
      }
      return respond(c, c.req.method === 'HEAD' ? null : archiveStream(c, archive.open()), 200, headers)
    })
  },
})

/** Ids of projects have no character that a file name or a header does not take. */
const fileNameOf = (projectId: string, size: Size): string => `${projectId}${size === 'original' ? '' : `-${size}`}.zip`
