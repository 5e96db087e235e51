// Description of the transforms of images.

import type { RouteConfig } from '@hono/zod-openapi'
import { FORMATS } from '../../core/transform/formats.ts'
import { FITS, KERNELS, MAX_SIDE, PLACES, QUALITIES } from '../../core/transform/transform.ts'
import { IMMUTABLE } from '../response/send-picture.ts'
import {
  imageIdParameter,
  OTHER_PICTURE_ANSWERS,
  pictureAnswer,
  projectIdParameter,
  signatureParameters,
} from './parts.ts'
import { PICTURE_FAILURES, problems, RENDER_FAILURES } from './problems.ts'

const side = (name: 'w' | 'h', which: string, example: number) =>
  ({
    name,
    in: 'query',
    description: `${which} of the result in pixels, before \`dpr\`. Without it, it follows from the other side.`,
    schema: { type: 'integer', minimum: 1, maximum: MAX_SIDE },
    example,
  }) as const

const word = (name: string, words: readonly string[], standard: string, description: string) => ({
  name,
  in: 'query' as const,
  description,
  schema: { type: 'string' as const, enum: [...words], default: standard },
  example: standard,
})

const text = (
  name: string,
  description: string,
  example: string,
  schema: { pattern?: string; default?: string } = {},
) => ({
  name,
  in: 'query' as const,
  description,
  schema: { type: 'string' as const, ...schema },
  example,
})

const TRANSFORM = [
  side('w', 'Width', 640),
  side('h', 'Height', 360),
  word(
    'fit',
    FITS,
    'cover',
    'Where both sides are given: `cover` fills the box and cuts, `contain` fills it with margins, `inside` keeps within.',
  ),
  text(
    'position',
    `What \`cover\` keeps in sight, and where \`contain\` puts the picture: ${[...PLACES.keys()].join(', ')}, or a point ` +
      'from `0,0` (top left) to `1,1`. For `cover` also `attention` (what stands out) and `entropy` (detail).',
    '0.3,0.6',
    { default: 'center' },
  ),
  word(
    'format',
    ['auto', ...FORMATS],
    'jpeg',
    'The format, `jpg` being another name of `jpeg`. `auto` chooses by `Accept`: AVIF, then WebP, where they are named.',
  ),
  {
    name: 'q',
    in: 'query',
    description: `Quality. Usual ones: ${FORMATS.map((format) => `${format} ${QUALITIES[format]}`).join(', ')}.`,
    schema: { type: 'integer', minimum: 1, maximum: 100 },
    example: 75,
  },
  {
    name: 'dpr',
    in: 'query',
    description: 'Pixels of the screen for each pixel of the page: `w` and `h` are multiplied by it.',
    schema: { type: 'number', minimum: 1, maximum: 4, default: 1 },
    example: 2,
  },
  text('background', 'Colour of the margins, `rrggbb` or `rgb` in hex.', '1b1f23', {
    pattern: '^#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})$',
    default: 'ffffff',
  }),
  word('kernel', KERNELS, 'lanczos3', '`nearest` keeps the edges of pixel art.'),
  text('preset', 'One of the server’s presets, in place of all the above. It needs no signature.', 'card'),
  ...signatureParameters('The signature, as `tintype sign` and `signUrl` make it.'),
] as const

export const render: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/images/{image_id}/render',
  operationId: 'renderImage',
  tags: ['Images'],
  summary: 'Get an image in any size, cut and format',
  description:
    `Made from the original when it is first asked for, and then kept. At most ${MAX_SIDE} pixels a side; a picture is ` +
    'enlarged at most twice (16 times with `kernel=nearest`), a larger box becomes a smaller one of the same shape. ' +
    'Needs a signature, or one of the presets. The order of the parameters and defaults that are written out make no ' +
    'difference; each may come once.',
  parameters: [projectIdParameter, imageIdParameter, ...TRANSFORM],
  responses: {
    200: pictureAnswer('The picture. With a preset it can be kept for a day, with `exp` until then.', IMMUTABLE),
    ...OTHER_PICTURE_ANSWERS,
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'signature_required',
      'project_not_found',
      'image_not_found',
      ...PICTURE_FAILURES,
      ...RENDER_FAILURES,
    ),
  },
}
