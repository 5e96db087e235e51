// The bar of the selection: what can be done with the selected images.

import { openDialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { lazy } from '../parts/lazy.tsx'
import { Tool } from '../parts/tool.tsx'
import { focusOn } from '../pictures/block-view.tsx'
import { t } from '../texts/texts.ts'
import { deleteSelected, downloadSelected, makeCover, moveSelected } from './actions.ts'
import type { ProjectModel } from './model.ts'

const Details = lazy(async () => (await import('../details/details-dialog.tsx')).DetailsDialog)

export const SelectionBar = ({ model }: { model: ProjectModel }) => {
  const { selection, isOrdered, mayEdit } = model
  const { size } = selection.ids.value
  if (size === 0) return null
  const [only] = size === 1 ? selection.ids.value : []
  const clear = () => {
    const [first] = selection.ids.value
    selection.clear()
    // The button that had the focus is gone.
    focusOn(first)
  }
  return (
    <div class="selection-bar" role="toolbar" aria-label={t.selection}>
      <button type="button" class="quiet round" aria-label={t.clearSelection} title={t.clearSelection} onClick={clear}>
        <Icon name="close" />
      </button>
      <span class="grow" role="status">
        {t.selected(size)}
      </span>
      <button type="button" class="quiet" onClick={() => void model.selectAll()}>
        {t.selectAll}
      </button>
      {only !== undefined && mayEdit.value && (
        <>
          <Tool icon="edit" label={t.details} onClick={() => openDialog(<Details model={model} imageId={only} />)} />
          <Tool icon="star" label={t.makeCover} onClick={() => void makeCover(model)} />
        </>
      )}
      {isOrdered.value && mayEdit.value && (
        <>
          <Tool icon="back" label={t.moveEarlier} onClick={() => void moveSelected(model, -1)} />
          <Tool icon="next" label={t.moveLater} onClick={() => void moveSelected(model, 1)} />
        </>
      )}
      <Tool icon="download" label={t.downloadSelected} onClick={() => void downloadSelected(model)} />
      {mayEdit.value && <Tool icon="trash" label={t.deleteSelected} onClick={() => deleteSelected(model)} />}
    </div>
  )
}
