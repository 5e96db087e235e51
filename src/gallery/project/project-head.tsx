// Head of a project: title, number of pictures, uploads and settings.

import { useRef } from 'preact/hooks'
import { base } from '../app/api.ts'
import { follow, wallUrl } from '../app/router.ts'
import { me } from '../app/session.ts'
import { openDialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { lazy } from '../parts/lazy.tsx'
import { Tool } from '../parts/tool.tsx'
import { ToolIcon } from '../parts/tool-icon.tsx'
import { t } from '../texts/texts.ts'
import { ACCEPTED, chosenFiles } from '../upload/files.ts'
import { uploads } from '../upload/uploads.ts'
import type { ProjectModel } from './model.ts'

const Share = lazy(async () => (await import('../share/share-dialog.tsx')).ShareDialog)
const Members = lazy(async () => (await import('../members/members-dialog.tsx')).loadMembersDialog())
const Settings = lazy(async () => (await import('../settings/settings-dialog.tsx')).SettingsDialog)
const Atlas = lazy(async () => (await import('../atlas/atlas-dialog.tsx')).loadAtlasDialog())
const Developers = lazy(async () => (await import('../developers/developer-dialog.tsx')).DeveloperDialog)

export const ProjectHead = ({ model }: { model: ProjectModel }) => {
  const { projectId, project } = model
  const { title = null, image_count: count = 0, visibility } = project.value ?? {}
  return (
    <div class="head">
      <a class="button quiet round" href={wallUrl} onClick={follow} aria-label={t.toProjects}>
        <ToolIcon name="back" />
      </a>
      <div class="grow">
        <h1>{title ?? projectId}</h1>
        <p class="about">
          {visibility === 'private' && (
            <>
              <Icon name="lock" />
              {t.private} ·{' '}
            </>
          )}
          {project.value ? t.pictures(count) : ' '}
        </p>
      </div>
      {project.value && (
        <div class="buttons">
          {count > 0 && model.mayDownload.value && (
            <a
              class="button quiet round"
              href={`${base}/projects/${encodeURIComponent(projectId)}/archive`}
              download={`${projectId}.zip`}
              aria-label={t.downloadAll}
              title={t.downloadAll}
            >
              <ToolIcon name="download" />
            </a>
          )}
          <Tool icon="grid" label={t.atlas} onClick={() => openDialog(<Atlas model={model} />)} />
          <Tool icon="code" label={t.forDevelopers} onClick={() => openDialog(<Developers model={model} />)} />
          {model.mayEdit.value && (
            <Tool icon="share" label={t.share} onClick={() => openDialog(<Share projectId={projectId} />)} />
          )}
          {/* Members are added by e-mail, which needs an account on this server. */}
          {model.mayManage.value && me.value?.user && (
            <Tool icon="people" label={t.members} onClick={() => openDialog(<Members model={model} />)} />
          )}
          {model.mayEdit.value && (
            <Tool icon="settings" label={t.settings} onClick={() => openDialog(<Settings model={model} />)} />
          )}
          {model.mayUpload.value && <UploadButtons projectId={projectId} />}
        </div>
      )}
    </div>
  )
}

/** Of all browsers, and of no standard. */
const FOLDERS = { webkitdirectory: true }

const UploadButtons = ({ projectId }: { projectId: string }) => {
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const take = ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    uploads.add(projectId, chosenFiles(input.files))
    input.value = ''
  }
  return (
    <>
      <input ref={files} type="file" hidden multiple accept={ACCEPTED} onChange={take} data-input="files" />
      <input ref={folder} type="file" hidden multiple {...FOLDERS} onChange={take} data-input="folder" />
      <button
        type="button"
        class="quiet round"
        aria-label={t.uploadFolder}
        title={t.uploadFolder}
        onClick={() => folder.current?.click()}
      >
        <Icon name="folder" />
      </button>
      <button type="button" class="primary" title={t.uploadHint} onClick={() => files.current?.click()}>
        <ToolIcon name="upload" />
        {t.upload}
      </button>
    </>
  )
}
