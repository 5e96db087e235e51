// A wall of all pictures of a project in Phaser 4 or 3: one request for the places, one for each page.

import { AUTO, Game, Scene } from 'phaser'

const project = 'http://127.0.0.1:8001/projects/demo'

class Wall extends Scene {
  preload() {
    // The second URL is that of the folder of the document: the names of the pages are relative to it.
    this.load.multiatlas('demo', `${project}/atlas.json?multi`, `${project}/`)
  }

  create() {
    const names = this.textures.get('demo').getFrameNames()
    for (const [at, name] of names.entries())
      this.add.image((at % 10) * 60, Math.floor(at / 10) * 60, 'demo', name).setOrigin(0)
  }
}

export const game = new Game({ type: AUTO, width: 640, height: 480, scene: Wall })
