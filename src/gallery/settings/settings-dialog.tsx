// Dialog of a project: title, tags, visibility, delete with its name typed.

import { useSignal } from '@preact/signals'
import { dataOf } from '../../client/index.ts'
import { tintype } from '../app/api.ts'
import { navigate, wallUrl } from '../app/router.ts'
import { withSession } from '../app/session.ts'
import { say } from '../app/toasts.ts'
import { closeDialog, Dialog } from '../parts/dialog.tsx'
import { Field, Form } from '../parts/form.tsx'
import { tagsOf, textOfTags } from '../parts/tags.ts'
import type { Project, ProjectModel } from '../project/model.ts'
import { t } from '../texts/texts.ts'

export const SettingsDialog = ({ model }: { model: ProjectModel }) => {
  const { value: project } = model.project
  return (
    <Dialog title={t.settings}>
      {project && <General model={model} project={project} />}
      {project && model.mayManage.value && <Deletion model={model} project={project} />}
    </Dialog>
  )
}

const General = ({ model, project }: { model: ProjectModel; project: Project }) => {
  const title = useSignal(project.title ?? '')
  const tags = useSignal(textOfTags(project.tags))
  const visibility = useSignal(project.visibility)
  const save = async () => {
    await model.edit({
      title: title.value.trim() || null,
      tags: tagsOf(tags.value),
      ...(visibility.value !== project.visibility && { visibility: visibility.value }),
    })
    closeDialog()
    say(t.saved)
  }
  return (
    <Form submit={t.save} onSubmit={save}>
      <Field label={t.title} maxLength={200} text={title} autofocus />
      <Field label={t.tags} hint={t.tagsHint} text={tags} />
      {model.mayManage.value && (
        <label class="choice">
          <input
            type="checkbox"
            checked={visibility.value === 'private'}
            onChange={({ currentTarget: { checked } }) => {
              visibility.value = checked ? 'private' : 'public'
            }}
          />
          <span>
            {t.private}
            <small>{t.privateHint}</small>
          </span>
        </label>
      )}
    </Form>
  )
}

const Deletion = ({ model, project }: { model: ProjectModel; project: Project }) => {
  const typed = useSignal('')
  const { projectId } = model
  const name = project.title?.trim() || projectId
  const remove = async () => {
    const params = { path: { project_id: projectId } }
    await withSession(() => dataOf(tintype.api.DELETE('/projects/{project_id}', { params })))
    closeDialog()
    navigate(wallUrl)
    say(t.projectDeleted(name))
  }
  return (
    <details class="danger-zone">
      <summary>{t.deleteProject}</summary>
      <Form submit={t.deleteProject} isDanger isDisabled={typed.value.trim() !== name} onSubmit={remove}>
        <p>{t.deleteProjectHint(project.image_count)}</p>
        <Field label={t.typeName(name)} autocomplete="off" text={typed} />
      </Form>
    </details>
  )
}
