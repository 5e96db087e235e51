// What the server has stored of a project, as its list shows it.

import { expect } from 'vitest'
import { z } from 'zod'

const listSchema = z.object({
  images: z.array(z.object({ id: z.string(), name: z.string(), width: z.number(), height: z.number() })),
})

/** Images of a project, at most 1000. */
export const storedImages = async (url: string, project: string) => {
  const response = await fetch(`${url}/projects/${project}/images?limit=1000`)
  expect(response.status).toBe(200)
  return listSchema.parse(await response.json()).images
}

/** Names of its images, sorted: one of each image, so that doubles are seen. */
export const storedNames = async (url: string, project: string): Promise<string[]> =>
  (await storedImages(url, project)).map(({ name }) => name).toSorted()
