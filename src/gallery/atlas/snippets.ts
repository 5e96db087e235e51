// Lines of code that draw a frame of an atlas: for Phaser, for Pixi, and as plain CSS.

import type { AtlasPage, AtlasSize } from './read-atlas.ts'
import type { Frame } from './steps.ts'

interface SnippetOptions {
  projectId: string
  /** URL of the folder of the atlas, with a slash at the end. */
  folder: string
  size: AtlasSize
  frame: Frame
}

/** For a scene of Phaser: a line of `preload`, and one of `create`. */
export const phaserSnippet = ({ projectId, folder, size, frame }: SnippetOptions): string => {
  const [key, name] = [quoted(projectId), quoted(frame.name)]
  const url = `${folder}atlas.json?multi${size === 'game' ? '' : `&size=${size}`}`
  return `// preload
this.load.multiatlas(${key}, ${quoted(url)}, ${quoted(folder)})
// create
this.add.image(100, 100, ${key}, ${name})`
}

export const pixiSnippet = ({ folder, size, frame }: SnippetOptions): string => {
  const url = `${folder}atlas.json${size === 'game' ? '' : `?size=${size}`}`
  return `await Assets.load(${quoted(url)})
app.stage.addChild(Sprite.from(${quoted(frame.name)}))`
}

export const cssSnippet = ({ frame }: Pick<SnippetOptions, 'frame'>, { url }: Pick<AtlasPage, 'url'>): string => {
  const { name, x, y, w, h } = frame
  return `.${CSS.escape(`frame-${name}`)} {
  width: ${w}px;
  height: ${h}px;
  background: url("${url}") ${-x}px ${-y}px;
}`
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
