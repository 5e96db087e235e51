// Description of the route of pictures in the source of a project.

import type { RouteConfig } from '@hono/zod-openapi'
import { sourcePicturePath, sourcePictureQuery } from '../../schemas/images/source-pictures.ts'
import { PICTURE_FAILURES, problems } from '../problems.ts'
import { pictureResponses, REDIRECTED } from '../responses.ts'

export const read: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/source/{key}',
  operationId: 'readSourcePicture',
  tags: ['Images'],
  summary: 'Get a picture from the bucket of the project',
  description:
    'The object below the `source` of the project, which an admin sets. It is imported at its first request, whatever ' +
    'format of picture it has, and again when it has changed, which is checked at most once a minute. With `size` and ' +
    '`format` a stored variant; with `preset`, `w`, `h` or any other parameter of a transform a render, by the same rules ' +
    'and signatures. A key that the bucket has not is answered 404 for a minute.',
  request: { params: sourcePicturePath, query: sourcePictureQuery },
  responses: {
    ...pictureResponses('The picture at present.', 'no-cache'),
    ...REDIRECTED,
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'object_not_found',
      'image_not_found',
      'route_not_found',
      'signature_required',
      'quota_exceeded',
      'upload_too_large',
      'too_many_pixels',
      'not_an_image',
      'unsupported_image_type',
      'unsupported_image_layout',
      'empty_file',
      'damaged_image',
      'read_only',
      'source_unavailable',
      ...PICTURE_FAILURES,
    ),
  },
}
