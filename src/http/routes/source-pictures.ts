// Route of pictures in the source of a project: stored variants and transforms of objects, imported at their first request.

import type { ReadableState } from '../../core/project/state.ts'
import { isTransformed, sourcePath } from '../../core/transform/render-path.ts'
import type { SourcePictures } from '../../services/sources/source-pictures.ts'
import { type ChangingPictureOptions, createChangingPictures } from '../changing-pictures.ts'
import type { Context } from '../context.ts'
import { chosenFormatsOf, objectKeyOf, projectIdOf } from '../request/params.ts'

export interface SourcePictureRouteOptions extends ChangingPictureOptions {
  sources: Pick<SourcePictures, 'find'>
}

export const createSourcePictureRoutes = ({ sources, ...options }: SourcePictureRouteOptions) => {
  const pictures = createChangingPictures(options)

  return {
    async read(c: Context) {
      const projectId = projectIdOf(c)
      const key = objectKeyOf(c)
      const picture = {
        projectId,
        path: sourcePath(projectId, key),
        find: (project: ReadableState) => sources.find(project, key),
      }
      if (isTransformed(Object.keys(c.req.queries()))) return pictures.render(c, picture)
      return pictures.file(c, picture, () => ({ formats: chosenFormatsOf(c), vary: c.get('vary') }))
    },
  }
}
