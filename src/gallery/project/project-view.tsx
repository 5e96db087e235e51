// A project: its head, its tools, its wall of pictures.

import { useSignalEffect } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { isCode, wordsOf } from '../app/api.ts'
import { follow, route, wallUrl } from '../app/router.ts'
import { generation, me } from '../app/session.ts'
import { lazy } from '../parts/lazy.tsx'
import { Sentinel } from '../parts/sentinel.tsx'
import { ToolIcon } from '../parts/tool-icon.tsx'
import { PictureWall } from '../pictures/picture-wall.tsx'
import { t } from '../texts/texts.ts'
import { mayUploadHere } from '../upload/state.ts'
import { onUploaded } from '../upload/uploads.ts'
import { createProjectModel, type ProjectModel } from './model.ts'
import { ProjectHead } from './project-head.tsx'
import { SelectionBar } from './selection-bar.tsx'
import { WallTools } from './wall-tools.tsx'

const Lightbox = lazy(async () => (await import('../lightbox/lightbox-view.tsx')).LightboxView)

export const ProjectView = ({ projectId }: { projectId: string }) => {
  const model = useMemo(() => createProjectModel(projectId), [projectId])
  const { value: session } = generation

  // Read anew for another session
  useEffect(() => {
    void model.read()
  }, [model, session])
  useEffect(() => onUploaded(model.add), [model])
  useSignalEffect(() => {
    mayUploadHere.value = model.mayUpload.value
  })
  useEffect(
    () => () => {
      mayUploadHere.value = undefined
    },
    [],
  )
  useEffect(() => {
    let stop = () => {}
    let isGone = false
    void import('../live/live.ts').then(({ followChanges }) => {
      if (!isGone) stop = followChanges(model)
    })
    return () => {
      isGone = true
      stop()
    }
  }, [model])

  const { project, images, problem } = model
  const title = project.value?.title ?? projectId
  useEffect(() => {
    document.title = `${title} – Tintype`
  }, [title])

  if (problem.value !== undefined && images.value.length === 0) return <Failure model={model} />
  const { value: at } = route
  const imageId = at.view === 'project' ? at.imageId : undefined
  return (
    <>
      <ProjectHead model={model} />
      {project.value && <WallTools model={model} />}
      <PictureWall model={model} />
      <NoImages model={model} />
      {!model.isComplete.value && <Sentinel onNear={() => void model.more()} marker={images.value} />}
      {model.maySelect.value && <SelectionBar model={model} />}
      {imageId !== undefined && images.value.length > 0 && <Lightbox model={model} imageId={imageId} />}
    </>
  )
}

const Failure = ({ model }: { model: ProjectModel }) => {
  const { value: problem } = model.problem
  const isAbsent = isCode(problem, 'project_not_found', 'invalid_project_id')
  return (
    <section class="empty" role="alert">
      <h1>{isAbsent ? t.projectMissing : t.failed}</h1>
      <p>{isAbsent ? (me.value ? t.projectMissingHint : t.projectMissingVisitor) : wordsOf(problem)}</p>
      <div class="actions">
        <a class="button" href={wallUrl} onClick={follow}>
          {t.toProjects}
        </a>
        {!isAbsent && (
          <button type="button" onClick={() => void model.read()}>
            {t.tryAgain}
          </button>
        )}
      </div>
    </section>
  )
}

const NoImages = ({ model }: { model: ProjectModel }) => {
  const { q, tag } = model.query.value
  if (model.images.value.length > 0 || !model.isComplete.value || !model.project.value) return null
  const isFiltered = q !== '' || tag !== undefined
  return (
    <section class="empty">
      <ToolIcon name={isFiltered ? 'search' : 'upload'} />
      <h2>{isFiltered ? t.nothingFound : t.noImages}</h2>
      <p>{isFiltered ? t.nothingFoundHint : model.mayUpload.value ? t.noImagesHint : t.noImagesVisitor}</p>
    </section>
  )
}
