// The corner of developers: lines of the API for this project, and the way to its documentation.

import { base, tintype } from '../app/api.ts'
import { me } from '../app/session.ts'
import { CodeLine } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import type { ProjectModel } from '../project/model.ts'
import { t } from '../texts/texts.ts'
import { imgTag } from './img-tag.ts'

export const DeveloperDialog = ({ model }: { model: ProjectModel }) => {
  const project = `${location.origin}${base}/projects/${encodeURIComponent(model.projectId)}`
  const [first] = model.images.value
  // A server that is open to all takes requests without one.
  const token = me.value === undefined || me.value?.kind === 'anybody' ? '' : ' -H "Authorization: Bearer $TOKEN"'
  const toRead = model.project.value?.visibility === 'private' ? token : ''
  return (
    <Dialog title={t.forDevelopers} isWide>
      <p>{t.developersHint}</p>
      <CodeLine label={t.apiUpload} code={`curl${token} -F file=@photo.jpg ${project}/images`} />
      <CodeLine label={t.apiList} code={`curl${toRead} "${project}/images?limit=50"`} />
      <CodeLine label={t.apiCover} code={`<img src="${project}/cover.webp?size=medium" alt="">`} />
      {first && (
        <CodeLine label={t.apiImage} code={imgTag(tintype.imgAttributes(first, { sizes: '50vw' }), location.origin)} />
      )}
      <CodeLine label="Phaser" code={`this.load.image('cover', '${project}/cover.png?size=medium')`} />
      <CodeLine label={t.apiEvents} code={`curl${toRead} -N ${project}/events`} />
      <p>
        <a href={`${base}/docs`}>{t.apiDocs}</a>
      </p>
    </Dialog>
  )
}
