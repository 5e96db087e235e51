// The justified wall of pictures: blocks that are drawn when they come near, keys, and moving by drag and drop.

import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { imageUrl, navigate } from '../app/router.ts'
import { deleteSelected, moveSelected, undoDeletion } from '../project/actions.ts'
import type { ProjectModel } from '../project/model.ts'
import { BlockView, focusOn } from './block-view.tsx'
import { type Block, layOut, verticalNeighbour } from './layout.ts'
import { moved } from './order.ts'
import { dropMark, isHeld } from './wall-state.ts'

export const PictureWall = ({ model }: { model: ProjectModel }) => {
  const element = useRef<HTMLDivElement>(null)
  const width = useSignal(0)
  const { value: images } = model.images
  useEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) width.value = Math.floor(entry.contentRect.width)
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [width])
  const blocks = useMemo(
    () =>
      layOut(
        images.map((image) => image.width / image.height),
        width.value,
      ),
    [images, width.value],
  )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the links in it, which move the focus among them
    <div
      ref={element}
      class="wall"
      onKeyDown={(event) => void onKey(event, model, blocks)}
      onPointerDown={hold}
      {...dropHandlers(model)}
    >
      {blocks.map((block) => (
        <BlockView
          key={block.first}
          block={block}
          images={images.slice(block.first, block.first + block.boxes.length)}
          model={model}
        />
      ))}
    </div>
  )
}

const hold = (): void => {
  isHeld.value = true
  const end = new AbortController()
  const release = () => {
    end.abort()
    isHeld.value = false
  }
  for (const type of ['pointerup', 'pointercancel', 'dragend']) addEventListener(type, release, { signal: end.signal })
}

const onKey = async (event: KeyboardEvent, model: ProjectModel, blocks: readonly Block[]): Promise<void> => {
  const { selection, projectId } = model
  const link = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-image]') : null
  const { value: images } = model.images
  const at = images.findIndex(({ id }) => id === link?.dataset.image)
  const [mayEdit, maySelect] = [model.mayEdit.value, model.maySelect.value]
  const step = STEPS[event.key]
  if (step !== undefined && event.altKey) {
    if (!mayEdit || !model.isOrdered.value) return
    event.preventDefault()
    const id = images[at]?.id
    if (selection.ids.value.size === 0 && id !== undefined) selection.set([id])
    await moveSelected(model, step > 0 ? 1 : -1)
    focusOn(id)
  } else if (step !== undefined && at >= 0) {
    event.preventDefault()
    const next = step === 1 || step === -1 ? at + step : verticalNeighbour(blocks, at, step > 0 ? 1 : -1)
    const target = images[next]?.id
    if (event.shiftKey && maySelect && target !== undefined)
      selection.set([...selection.ids.value, images[at]?.id ?? '', target])
    focusOn(target)
  } else if (event.key === ' ' && at >= 0 && maySelect && link?.matches('a')) {
    event.preventDefault()
    const id = images[at]?.id ?? ''
    if (event.shiftKey)
      selection.extend(
        id,
        images.map((image) => image.id),
      )
    else selection.toggle(id)
  } else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && maySelect) {
    event.preventDefault()
    await model.selectAll()
  } else if (event.key === 'Escape') selection.clear()
  // Keyboards of a Mac have no other key for it.
  else if ((event.key === 'Delete' || event.key === 'Backspace') && mayEdit) deleteSelected(model)
  else if (event.key === 'z' && (event.ctrlKey || event.metaKey)) undoDeletion()
  else if (event.key === 'Enter' && at >= 0 && link?.matches('a')) {
    event.preventDefault()
    navigate(imageUrl(projectId, images[at]?.id ?? ''))
  }
}

/** Steps of arrow keys: 1 to the next picture, 2 to the next row. */
const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 2, ArrowUp: -2 }

/** Type of a drag within the wall, beside which files can be dropped on the page. */
const DRAGGED = 'application/x-tintype-images'

const dropHandlers = (model: ProjectModel) => ({
  onDragStart(event: DragEvent) {
    const id = imageOf(event)?.dataset.image
    if (id === undefined || !event.dataTransfer || !model.mayEdit.value || !model.isOrdered.value)
      return event.preventDefault()
    if (!model.selection.ids.value.has(id)) model.selection.set([id])
    event.dataTransfer.setData(DRAGGED, id)
    event.dataTransfer.effectAllowed = 'move'
  },
  onDragOver(event: DragEvent) {
    if (!event.dataTransfer?.types.includes(DRAGGED)) return
    event.preventDefault()
    const tile = imageOf(event)
    const id = tile?.dataset.image
    if (!tile || id === undefined) return
    const { left, width } = tile.getBoundingClientRect()
    const isBehind = event.clientX > left + width / 2
    const { value } = dropMark
    if (value?.id !== id || value.isBehind !== isBehind) dropMark.value = { id, isBehind }
  },
  onDragEnd() {
    dropMark.value = undefined
  },
  onDrop(event: DragEvent) {
    const { value: mark } = dropMark
    if (!event.dataTransfer?.types.includes(DRAGGED) || !mark) return
    event.preventDefault()
    event.stopPropagation()
    dropMark.value = undefined
    const order = model.images.value.map(({ id }) => id)
    const before = mark.isBehind ? order[order.indexOf(mark.id) + 1] : mark.id
    void model.reorder(moved(order, model.selection.ids.value, before))
  },
})

const imageOf = ({ target }: Event): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('li[data-image]') : null
