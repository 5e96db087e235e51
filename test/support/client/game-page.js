// What tests do with the game of a page: draw frames in places that they choose, and read the canvas.

/** The canvas of a Phaser game as a PNG, as soon as it has drawn a frame. */
export const phaserCanvas = (game) =>
  new Promise((resolve) => game.events.once('postrender', () => resolve(game.canvas.toDataURL())))

/** Loads by `load` and waits until it is there. */
export const phaserLoad = (game, load) => {
  const [scene] = game.scene.getScenes(true)
  return new Promise((resolve, reject) => {
    scene.load.once('complete', resolve)
    scene.load.once('loaderror', ({ src }) => reject(new Error(`${src} was not loaded`)))
    load(scene.load)
    scene.load.start()
  })
}

/** Draws these frames of a texture and nothing else. */
export const phaserDraw = (game, key, drawings, scale) => {
  const [scene] = game.scene.getScenes(true)
  scene.children.removeAll(true)
  for (const { name, x, y } of drawings) scene.add.image(x, y, key, name).setOrigin(0).setScale(scale)
  return phaserCanvas(game)
}

/** The canvas of a Pixi application as a PNG. */
export const pixiCanvas = (app) => {
  app.render()
  return app.canvas.toDataURL()
}

/** Draws these textures and nothing else. `Sprite` is Pixi's. */
export const pixiDraw = (app, Sprite, textures, drawings, scale) => {
  app.stage.removeChildren()
  for (const { name, x, y } of drawings) {
    const sprite = app.stage.addChild(new Sprite(textures[name]))
    sprite.position.set(x, y)
    sprite.scale.set(scale)
  }
  return pixiCanvas(app)
}
