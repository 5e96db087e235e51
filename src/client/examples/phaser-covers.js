// Covers in Phaser 4 or 3: the placeholder, then the picture. A change loads one texture, and lets go of the old one.

import { Game, Scene, WEBGL } from 'phaser'
import { thumbHashToRGBA } from 'thumbhash'
import { createClient, dataOf } from 'tintype/client'

const [baseUrl, projects] = ['http://127.0.0.1:8001', ['demo', 'space-garden']]
const tintype = createClient({ baseUrl })

class Covers extends Scene {
  async create() {
    this.covers = new Map(projects.map((id, at) => [id, this.add.image(at * 210, 0).setOrigin(0)]))
    const since = (await Promise.all(projects.map((id) => this.show(id)))).join('.')
    const isOfCover = ({ type }) => type === 'cover.changed' || type === 'reset'
    tintype.subscribe(projects, (event) => (isOfCover(event) ? this.show(event.project_id) : undefined), { since })
  }
  async show(project_id) {
    const params = { path: { project_id } }
    const { cover, revision } = await dataOf(tintype.api.GET('/projects/{project_id}', { params }))
    const image = this.covers.get(project_id).setVisible(cover !== null)
    // Another cover has another URL.
    const url = cover && new URL(cover.files.thumb.webp, baseUrl).href
    if (!cover || url === image.name) return revision
    const draw = (key) => {
      const before = image.texture.key
      image.setTexture(key).setDisplaySize(cover.sizes.thumb.width / 2, cover.sizes.thumb.height / 2)
      if (before !== key && !before.startsWith('__')) this.textures.remove(before)
    }
    if (cover.placeholder) {
      const { w, h, rgba } = thumbHashToRGBA(Uint8Array.from(atob(cover.placeholder), (char) => char.charCodeAt(0)))
      draw(this.textures.addUint8Array(`placeholder of ${url}`, rgba, w, h).key)
    }
    image.setName(url)
    this.load.once(`filecomplete-image-${url}`, () => (image.name === url ? draw(url) : this.textures.remove(url)))
    this.load.image(url, url).start()
    return revision
  }
}

export const game = new Game({ type: WEBGL, width: 640, height: 480, scene: Covers })
