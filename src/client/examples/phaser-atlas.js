// Icons in Phaser 4 or 3 from the one page of an atlas: the covers of projects, named by their ids.

import { AUTO, Game, Scene } from 'phaser'

const server = 'http://127.0.0.1:8001'
const covers = `${server}/atlas.json?projects=demo,space-garden`

class Icons extends Scene {
  preload() {
    // Up to 1,369 icons are on one page. Its name changes with its content: the document has it.
    this.load.json('places', covers)
    this.load.once('filecomplete-json-places', (_key, _type, places) => {
      this.load.atlas('covers', new URL(places.meta.image, covers).href, places)
    })
  }

  create() {
    const names = this.textures.get('covers').getFrameNames()
    for (const [at, name] of names.entries()) this.add.image(at * 60, 0, 'covers', name).setOrigin(0)
  }
}

export const game = new Game({ type: AUTO, width: 640, height: 480, scene: Icons })
