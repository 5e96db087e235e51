// The cover of a project in Pixi 8: its placeholder, then the picture. A change loads one texture, and lets go of the old one.

import { Application, Assets, Sprite, Texture } from 'pixi.js'
import { thumbHashToRGBA } from 'thumbhash'
import { createClient, dataOf } from 'tintype/client'

const [baseUrl, project_id] = ['http://127.0.0.1:8001', 'demo']
const tintype = createClient({ baseUrl })

export const app = new Application()
await app.init({ width: 400, height: 400 })
document.body.append(app.canvas)
const sprite = app.stage.addChild(new Sprite())
let shown

/** Shows the cover as it is now. @returns the revision that it is of */
const show = async () => {
  const params = { path: { project_id } }
  const { cover, revision } = await dataOf(tintype.api.GET('/projects/{project_id}', { params }))
  // Another cover has another URL.
  const url = cover ? new URL(cover.files.thumb.webp, baseUrl).href : undefined
  if (url === shown) return revision
  let placeholder
  if (cover?.placeholder) {
    const { w, h, rgba } = thumbHashToRGBA(Uint8Array.from(atob(cover.placeholder), (char) => char.charCodeAt(0)))
    placeholder = Texture.from({ resource: rgba, width: w, height: h, format: 'rgba8unorm' }, true)
    sprite.texture = placeholder
    sprite.setSize(cover.sizes.thumb)
  }
  sprite.texture = url ? await Assets.load(url) : Texture.EMPTY
  sprite.scale.set(1)
  placeholder?.destroy(true)
  if (shown) await Assets.unload(shown)
  shown = url
  return revision
}

// From the revision that is shown: a change in between is not missed.
const onEvent = ({ type }) => (type === 'cover.changed' || type === 'reset' ? show() : undefined)
export const subscription = show().then((since) => tintype.subscribe(project_id, onEvent, { since }))
