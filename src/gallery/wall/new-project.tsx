// Dialog of a new project: title, address and visibility; files that wait for it are uploaded to it.

import { useSignal } from '@preact/signals'
import { dataOf } from '../../client/index.ts'
import { base, tintype } from '../app/api.ts'
import { navigate, projectUrl } from '../app/router.ts'
import { me, withSession } from '../app/session.ts'
import { closeDialog, Dialog } from '../parts/dialog.tsx'
import { Field, Form } from '../parts/form.tsx'
import { t } from '../texts/texts.ts'
import { uploads } from '../upload/uploads.ts'
import { idOf } from './project-id.ts'

export const NewProject = ({ files = [] }: { files?: readonly File[] }) => {
  const title = useSignal('')
  /** Typed by the person; undefined while it follows the title. */
  const typed = useSignal<string | undefined>(undefined)
  const isPrivate = useSignal(me.value?.kind === 'user')
  const address = {
    get value() {
      return typed.value ?? idOf(title.value)
    },
    set value(text: string) {
      typed.value = text
    },
  }

  const create = async () => {
    const project_id = address.value
    const visibility = isPrivate.value ? ('private' as const) : ('public' as const)
    await withSession(() =>
      dataOf(
        tintype.api.PUT('/projects/{project_id}', {
          params: { path: { project_id } },
          // An existing project of this id is not taken for the new one.
          headers: { 'If-None-Match': '*' },
          body: { title: title.value.trim() || null, visibility },
        }),
      ),
    )
    closeDialog()
    navigate(projectUrl(project_id))
    uploads.add(project_id, files)
  }

  return (
    <Dialog title={t.newProject}>
      <Form submit={t.create} onSubmit={create}>
        {files.length > 0 && <p>{t.filesForProject(files.length)}</p>}
        <Field label={t.title} required maxLength={200} text={title} autofocus />
        <Field
          label={t.address}
          hint={`${location.host}${base}/g/${address.value}`}
          required
          maxLength={64}
          pattern="[A-Za-z0-9_\-][A-Za-z0-9._\-]*"
          text={address}
        />
        <label class="choice">
          <input
            type="checkbox"
            checked={isPrivate.value}
            onChange={(event) => {
              isPrivate.value = event.currentTarget.checked
            }}
          />
          <span>
            {t.private}
            <small>{t.privateHint}</small>
          </span>
        </label>
      </Form>
    </Dialog>
  )
}
