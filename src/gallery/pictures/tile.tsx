// A picture on the wall: opens the lightbox, is selected, is dragged.

import { useComputed } from '@preact/signals'
import { imageUrl, navigate } from '../app/router.ts'
import { Picture } from '../parts/picture.tsx'
import { ToolIcon } from '../parts/tool-icon.tsx'
import type { Image, ProjectModel } from '../project/model.ts'
import { t } from '../texts/texts.ts'
import { labelOf } from './image-label.ts'
import type { Box } from './layout.ts'
import { dropMark } from './wall-state.ts'

interface TileProps {
  image: Image
  box: Box
  model: ProjectModel
  /** True for pictures that are seen at once. */
  isFirst: boolean
}

export const Tile = ({ image, box, model, isFirst }: TileProps) => {
  const { selection, projectId } = model
  const { id, is_primary } = image
  const isSelected = useComputed(() => selection.ids.value.has(id)).value
  const mark = useComputed(() => (dropMark.value?.id === id ? (dropMark.value.isBehind ? ' behind' : ' before') : ''))
  const label = labelOf(image)

  const select = (event: MouseEvent) => {
    if (event.shiftKey)
      selection.extend(
        id,
        model.images.value.map((each) => each.id),
      )
    else selection.toggle(id)
  }
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return
    event.preventDefault()
    if (selection.ids.value.size > 0 && model.maySelect.value) select(event)
    else navigate(imageUrl(projectId, id))
  }
  const { left, top, width, height } = box
  const style = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }
  return (
    <li
      class={`tile${isSelected ? ' selected' : ''}${mark.value}`}
      style={style}
      data-image={id}
      draggable={model.mayEdit.value}
    >
      <a href={imageUrl(projectId, id)} data-image={id} onClick={open} draggable={false} aria-label={label}>
        <Picture image={image} sizes={`${Math.ceil(width)}px`} isFirst={isFirst} alt="" />
      </a>
      {is_primary && (
        <span class="star" title={t.isCover}>
          <ToolIcon name="star" />
          <span class="hidden">{t.isCover}</span>
        </span>
      )}
      {model.maySelect.value && (
        <button
          type="button"
          class="select"
          aria-pressed={isSelected}
          aria-label={t.selectImage(label)}
          tabIndex={-1}
          onClick={select}
        >
          <ToolIcon name="check" />
        </button>
      )}
    </li>
  )
}
