// Single pictures of a project in Phaser 4 or 3, each by the URL of its file.

import { AUTO, Game, Scene } from 'phaser'
import { createClient } from 'tintype/client'

const baseUrl = 'http://127.0.0.1:8001'
const tintype = createClient({ baseUrl })

class Pictures extends Scene {
  async create() {
    let shown = 0
    for await (const { id, files } of tintype.images('demo')) {
      const at = shown++
      this.load.once(`filecomplete-image-${id}`, () => this.add.image(at * 60, 0, id).setOrigin(0))
      // Never another picture at this URL: browsers keep it for a year.
      this.load.image(id, new URL(files.game.webp, baseUrl).href)
    }
    this.load.start()
  }
}

export const game = new Game({ type: AUTO, width: 640, height: 480, scene: Pictures })
