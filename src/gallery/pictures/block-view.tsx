// A block of the wall, whose pictures are on the page only while it is near what is seen.

import { Component, createRef } from 'preact'
import type { Image, ProjectModel } from '../project/model.ts'
import type { Block } from './layout.ts'
import { Tile } from './tile.tsx'
import { isHeld } from './wall-state.ts'

interface BlockProps {
  block: Block
  images: readonly Image[]
  model: ProjectModel
}

/** Distance from what is seen, in pixels, within which a block has its pictures. */
const NEAR = 2500

/** Pictures of the first block that are seen at once. */
const SEEN_AT_ONCE = 12

/** All blocks of the page, by their elements. */
const views = new Map<Element, BlockView>()

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) views.get(target)?.setNear(isIntersecting)
  },
  { rootMargin: `${NEAR}px 0px` },
)

/** Drawn again only where its pictures or their places have changed. */
export class BlockView extends Component<BlockProps, { isNear: boolean }> {
  override state = { isNear: this.props.block.first === 0 }
  readonly #list = createRef<HTMLUListElement>()

  override componentDidMount(): void {
    const { current: list } = this.#list
    if (!list) return
    views.set(list, this)
    observer.observe(list)
    // Before the observer's first report, which comes a frame later.
    const { top, bottom } = list.getBoundingClientRect()
    if (top < innerHeight + NEAR && bottom > -NEAR) this.setNear(true)
  }

  override componentWillUnmount(): void {
    const { current: list } = this.#list
    if (!list) return
    views.delete(list)
    observer.unobserve(list)
  }

  override shouldComponentUpdate(next: BlockProps, { isNear }: { isNear: boolean }): boolean {
    const { block, images } = this.props
    return (
      isNear !== this.state.isNear ||
      next.images.length !== images.length ||
      next.block.height !== block.height ||
      next.images.some((image, at) => image !== images[at]) ||
      next.block.boxes.some((box, at) => box.left !== block.boxes[at]?.left || box.width !== block.boxes[at]?.width)
    )
  }

  setNear(isNear: boolean): void {
    // The focus, and what is dragged, would end with their elements.
    if (!isNear && (isHeld.value || this.#list.current?.contains(document.activeElement))) return
    if (isNear !== this.state.isNear) this.setState({ isNear })
  }

  /** Gives a picture of this block its place on the page. @returns false for one of another block */
  reveal(id: string, then: () => void): boolean {
    if (!this.props.images.some((image) => image.id === id)) return false
    this.setState({ isNear: true }, then)
    return true
  }

  render({ block, images, model }: BlockProps) {
    return (
      <ul ref={this.#list} class="block" style={{ height: `${block.height}px` }}>
        {this.state.isNear &&
          images.map((image, at) => {
            const box = block.boxes[at]
            const isFirst = block.first === 0 && at < SEEN_AT_ONCE
            return box && <Tile key={image.id} image={image} box={box} model={model} isFirst={isFirst} />
          })}
      </ul>
    )
  }
}

/** Focuses a picture of the wall, and scrolls to it. */
export const focusOn = (id: string | undefined): void => {
  if (id === undefined || focusOnDrawn(id)) return
  for (const view of views.values()) if (view.reveal(id, () => focusOnDrawn(id))) return
}

/** @returns false where its block is not drawn */
const focusOnDrawn = (id: string): boolean => {
  const link = document.querySelector<HTMLElement>(`a[data-image="${CSS.escape(id)}"]`)
  link?.focus()
  link?.scrollIntoView({ block: 'nearest' })
  return link !== null
}
