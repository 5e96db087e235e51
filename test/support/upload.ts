// Uploads by HTTP.

import { smallPhoto } from './pictures/pictures.ts'

/** A form with one file. */
export const formOf = (bytes: Uint8Array, field = 'file'): FormData => {
  const form = new FormData()
  form.set(field, new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'photo.jpg')
  return form
}

/** A form with many files: pictures, or texts in place of one. */
export const formOfFiles = (files: readonly (Uint8Array | string)[], fields: Record<string, string> = {}): FormData => {
  const form = new FormData()
  for (const [name, text] of Object.entries(fields)) form.append(name, text)
  for (const [at, content] of files.entries())
    form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), `${at}.jpg`)
  return form
}

/** Uploads a small photo to a server, by a connection of its own, so that several workers get their share. */
export const upload = async (url: string, project: string): Promise<Response> =>
  fetch(`${url}/projects/${project}/images`, {
    method: 'POST',
    body: formOf(await smallPhoto()),
    headers: { Connection: 'close' },
  })
