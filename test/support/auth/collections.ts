// Requests of collections, for tests.

import { expect } from 'vitest'
import type { z } from 'zod'
import { atlasSchema } from '../../../src/http/schemas/atlases/atlases.ts'
import { collectionChangesSchema, collectionSchema } from '../../../src/http/schemas/collections.ts'
import type { TintypeOptions } from '../../../src/index.ts'
import { uploadTo } from '../app.ts'
import { plainJpeg } from '../pictures/pictures.ts'
import { type AccessApp, createAccessApp, type Who } from './access.ts'

export type Asking = Pick<AccessApp, 'ask'>

export const json = async <Schema extends z.ZodType>(response: Response, schema: Schema): Promise<z.infer<Schema>> => {
  expect([response.status, response.ok ? '' : await response.clone().text()]).toEqual([response.status, ''])
  return schema.parse(await response.json())
}

export const put = async ({ ask }: Asking, who: Who, name: string, body: unknown) =>
  json(await ask(who, 'PUT', `/collections/${name}`, body), collectionSchema)

export const read = async ({ ask }: Asking, who: Who, name: string) =>
  json(await ask(who, 'GET', `/collections/${name}`), collectionSchema)

export const idsOf = ({ projects }: z.infer<typeof collectionSchema>) => projects.map(({ project_id: id }) => id)

export const atlasOf = async ({ ask }: Asking, who: Who, name: string, query = '') =>
  json(await ask(who, 'GET', `/collections/${name}/atlas.json${query}`), atlasSchema)

export const placesOf = ({ frames }: z.infer<typeof atlasSchema>) =>
  Object.fromEntries(Object.entries(frames).map(([id, { frame }]) => [id, `${frame.x} ${frame.y}`]))

/** Answer of the collection `wall`. */
export const changesOf = async ({ ask }: Asking, who: Who, query: string) =>
  json(await ask(who, 'GET', `/collections/wall/changes${query}`), collectionChangesSchema)

/** An open server with projects of one plain picture each. */
export const openWith = async (projects: readonly string[], options: TintypeOptions = {}) => {
  const app = await createAccessApp({ apiKeys: [], auth: 'none', registration: 'closed', ...options })
  for (const [at, id] of projects.entries())
    await uploadTo(
      app.app,
      id,
      await plainJpeg(80, 60, `#${((at + 1) * 0x2f3a1d).toString(16).padStart(6, '0').slice(-6)}`),
    )
  return app
}
