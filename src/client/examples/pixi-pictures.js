// Single pictures of a project in Pixi 8, each by the URL of its file.

import { Application, Assets, Sprite } from 'pixi.js'
import { createClient } from 'tintype/client'

const baseUrl = 'http://127.0.0.1:8001'
const tintype = createClient({ baseUrl })

export const app = new Application()
await app.init({ width: 640, height: 480 })
document.body.append(app.canvas)

const urls = []
// Never another picture at such a URL: browsers keep it for a year.
for await (const { files } of tintype.images('demo')) urls.push(new URL(files.game.webp, baseUrl).href)
const textures = await Assets.load(urls)
for (const [at, url] of urls.entries()) {
  const sprite = app.stage.addChild(new Sprite(textures[url]))
  sprite.position.set(at * 60, 0)
}
