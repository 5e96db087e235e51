// A wall of all pictures of a project in Pixi 8: one request for the places on each page, one for each page.

import { Application, Assets, Sprite } from 'pixi.js'

const project = 'http://127.0.0.1:8001/projects/demo'

export const app = new Application()
await app.init({ width: 640, height: 480 })
document.body.append(app.canvas)

// Further pages are loaded with the first one.
const first = await Assets.load(`${project}/atlas.json`)
const textures = [first, ...first.linkedSheets].flatMap((sheet) => Object.values(sheet.textures))
for (const [at, texture] of textures.entries()) {
  const sprite = new Sprite(texture)
  sprite.position.set((at % 10) * 60, Math.floor(at / 10) * 60)
  app.stage.addChild(sprite)
}
