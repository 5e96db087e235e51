// Uploads by HTTP.

import { smallPhoto } from './pictures/pictures.ts'

/** A form with one file. */
export const formOf = (bytes: Uint8Array, field = 'file'): FormData => {
  const form = new FormData()
  form.set(field, new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'photo.jpg')
  return form
}

/** Uploads a small photo to a server, by a connection of its own, so that several workers get their share. */
export const upload = async (url: string, project: string): Promise<Response> =>
  fetch(`${url}/projects/${project}/images`, {
    method: 'POST',
    body: formOf(await smallPhoto()),
    headers: { Connection: 'close' },
  })
