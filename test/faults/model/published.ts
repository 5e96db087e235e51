// What meta.json says of a project, as far as the model knows it.

import { z } from 'zod'

const publishedSchema = z.object({
  revision: z.int(),
  title: z.string().nullable(),
  primary_image_id: z.string().nullable(),
  image_count: z.int(),
  images: z.array(z.object({ id: z.string() })),
})

/** @throws Error where the text is no whole document */
export const parsePublished = (text: string) => {
  const { images, ...project } = publishedSchema.parse(JSON.parse(text))
  return { ...project, ids: images.map(({ id }) => id) }
}
