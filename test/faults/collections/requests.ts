// Requests of collections under faults.

import { z } from 'zod'
import type { Request } from '../../support/processes/server-tree.ts'

const listSchema = z.object({ projects: z.array(z.object({ project_id: z.string() })) })
const atlasSchema = z.object({
  frames: z.record(z.string(), z.object({ frame: z.object({ x: z.int(), y: z.int() }) })),
})

/** Ids of the projects; undefined where there is no collection. @throws Error for any other answer */
export const listOf = async (request: Request, name: string): Promise<string[] | undefined> => {
  const answer = await request(`/collections/${name}`)
  if (answer.status === 404) return undefined
  return listSchema.parse(await goodJson(answer)).projects.map(({ project_id: id }) => id)
}

/** Places of the covers by project. @throws Error for any other answer */
export const framesOf = async (request: Request, name: string): Promise<[id: string, place: string][]> => {
  const answer = await request(`/collections/${name}/atlas.json`)
  const { frames } = atlasSchema.parse(await goodJson(answer))
  return Object.entries(frames).map(([id, { frame }]) => [id, `${frame.x} ${frame.y}`])
}

/** @throws Error where it is refused */
export const putList = async (request: Request, name: string, projects: readonly string[]): Promise<void> => {
  const headers = { 'Content-Type': 'application/json' }
  await goodJson(await request(`/collections/${name}`, { method: 'PUT', body: JSON.stringify({ projects }), headers }))
}

/** @throws Error where it is refused */
export const remove = async (request: Request, name: string): Promise<void> => {
  const answer = await request(`/collections/${name}`, { method: 'DELETE' })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
}

const goodJson = async (answer: Response): Promise<unknown> => {
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return answer.json()
}
