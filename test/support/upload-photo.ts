// A small upload over HTTP.

import sharp from 'sharp'

/** A JPEG of 640 x 480 in one colour. */
export const smallPhoto = (): Promise<Buffer> =>
  sharp({ create: { width: 640, height: 480, channels: 3, background: '#a05030' } })
    .jpeg()
    .toBuffer()

export const upload = async (url: string, project: string): Promise<Response> => {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(await smallPhoto())], { type: 'image/jpeg' }), 'photo.jpg')
  return fetch(`${url}/projects/${project}/images`, {
    method: 'POST',
    body: form,
    // A connection of its own, so that several workers get their share.
    headers: { Connection: 'close' },
  })
}
