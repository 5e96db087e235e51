// The cover of a project in Pixi 8, swapped when it changes: one texture is loaded, and the old one let go.

import { Application, Assets, Sprite, Texture } from 'pixi.js'
import { createClient, dataOf } from 'tintype/client'

const baseUrl = 'http://127.0.0.1:8001'
const project_id = 'demo'
const tintype = createClient({ baseUrl })

export const app = new Application()
await app.init({ width: 400, height: 400 })
document.body.append(app.canvas)
const sprite = app.stage.addChild(new Sprite())
let shown

/** Shows the cover as it is now. @returns the revision that it is of */
const show = async () => {
  const { cover, revision } = await dataOf(
    tintype.api.GET('/projects/{project_id}', { params: { path: { project_id } } }),
  )
  // Another cover has another URL.
  const url = cover ? new URL(cover.files.thumb.webp, baseUrl).href : undefined
  if (url === shown) return revision
  sprite.texture = url ? await Assets.load(url) : Texture.EMPTY
  if (shown) await Assets.unload(shown)
  shown = url
  return revision
}

// From the revision that is shown: a change in between is not missed.
const since = await show()
const onEvent = async ({ type }) => {
  if (type === 'cover.changed' || type === 'reset') await show()
}
export const subscription = tintype.subscribe(project_id, onEvent, { since })
