// What can be done with the selected images.

import { dataOf } from '../../client/index.ts'
import { tintype } from '../app/api.ts'
import { withSession } from '../app/session.ts'
import { say, sayError, shown } from '../app/toasts.ts'
import { focusOn } from '../pictures/block-view.tsx'
import { stepped, successor } from '../pictures/order.ts'
import { t } from '../texts/texts.ts'
import { deleteLater, UNDO_MS } from './deletion.ts'
import type { ProjectModel } from './model.ts'

/** Takes back the last deletion, while its time lasts. */
export let undoDeletion = (): void => {}

/**
 * Deletes the selection, which can be taken back for some seconds. The focus, where it is lost, goes to the picture that
 * takes its place.
 */
export const deleteSelected = (model: ProjectModel): void => {
  const ids = model.selection.ids.value
  if (ids.size === 0) return
  const { projectId, hide, show } = model
  const after = successor(
    model.images.value.map(({ id }) => id),
    ids,
  )
  const deletion = deleteLater(ids, {
    hide,
    show,
    send: async (image_ids) => {
      const params = { path: { project_id: projectId } }
      // Also when the page is left meanwhile
      const options = { params, body: { image_ids: [...image_ids] }, keepalive: true }
      await withSession(() => dataOf(tintype.api.POST('/projects/{project_id}/images/delete', options)))
      await model.refresh()
    },
    onError: sayError,
  })
  addEventListener('pagehide', deletion.sendNow)
  const end = () => {
    removeEventListener('pagehide', deletion.sendNow)
    if (undoDeletion === undo) undoDeletion = () => {}
  }
  const undo = () => {
    end()
    deletion.undo()
    remove()
    say(t.deletionUndone)
  }
  undoDeletion = undo
  setTimeout(end, UNDO_MS)
  const remove = say(t.imagesDeleted(ids.size), { shownMs: UNDO_MS, action: { label: t.undo, run: undo } })
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) focusOn(after)
  })
}

let removeMoved = (): void => {}

/** Moves the selection by one place. @param step -1 for earlier, 1 for later */
export const moveSelected = (model: ProjectModel, step: 1 | -1): Promise<void> => {
  const order = model.images.value.map(({ id }) => id)
  const { value: ids } = model.selection.ids
  const after = stepped(order, ids, step)
  const first = after.findIndex((id) => ids.has(id))
  // One message in place of another: more of them would push out the one that takes back a deletion.
  removeMoved()
  removeMoved = say(t.movedTo(first + 1, after.length))
  return model.reorder(after)
}

export const makeCover = async (model: ProjectModel): Promise<void> => {
  const [id] = model.selection.ids.value
  if (id === undefined) return
  await shown(async () => {
    await model.setCover(id)
    say(t.coverSet)
  })
}

/** Downloads the selection as a ZIP file. */
export const downloadSelected = async (model: ProjectModel): Promise<void> => {
  const chosen = model.images.value.filter(({ id }) => model.selection.ids.value.has(id))
  await shown(async () => {
    const { downloadImages } = await import('./download.ts')
    await downloadImages(model.projectId, chosen)
  })
}
