// The frame of every view: header, main part, uploads, dialogs and messages.

import { useSignalEffect } from '@preact/signals'
import { Account, AccountArea } from '../account/account-area.tsx'
import icon from '../icon.svg'
import { DialogHost, shownDialog } from '../parts/dialog.tsx'
import { lazy } from '../parts/lazy.tsx'
import { ToastList } from '../parts/toast-list.tsx'
import { t } from '../texts/texts.ts'
import '../upload/listen.ts'
import { hasUploads, isDropZoneWanted, takesFiles } from '../upload/state.ts'
import { follow, route, wallUrl } from './router.ts'
import { question } from './session.ts'

const Wall = lazy(async () => (await import('../wall/wall-view.tsx')).WallView)
const Project = lazy(async () => (await import('../project/project-view.tsx')).ProjectView)
const Uploads = lazy(async () => (await import('../upload/upload-panel.tsx')).UploadPanel)
const DropZone = lazy(async () => (await import('../upload/drop-zone.tsx')).DropZone)

export const App = () => (
  <>
    <a class="skip" href="#main">
      {t.skipToContent}
    </a>
    <header class="bar">
      <a class="brand" href={wallUrl} onClick={follow}>
        <img src={icon} alt="" width={28} height={28} />
        Tintype
      </a>
      <AccountArea />
    </header>
    <main id="main" tabIndex={-1}>
      <View />
    </main>
    {hasUploads.value && <Uploads />}
    {isDropZoneWanted.value && takesFiles.value && <DropZone />}
    <DialogHost />
    {question.value && <Account mode="again" />}
    <ToastList isShown={!shownDialog.value && !question.value} />
  </>
)

const View = () => {
  const shown = route.value
  useSignalEffect(() => {
    if (route.value.view !== 'project') document.title = 'Tintype'
  })
  if (shown.view === 'wall') return <Wall />
  if (shown.view === 'project') return <Project key={shown.projectId} projectId={shown.projectId} />
  return (
    <section class="empty">
      <h1>{t.pageMissing}</h1>
      <a class="button" href={wallUrl} onClick={follow}>
        {t.toProjects}
      </a>
    </section>
  )
}
