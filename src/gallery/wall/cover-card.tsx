// A project on the wall: its cover, title and number of pictures.

import { follow, projectUrl } from '../app/router.ts'
import { Icon } from '../parts/icon.tsx'
import { Picture } from '../parts/picture.tsx'
import { t } from '../texts/texts.ts'
import type { Project } from './project-list.ts'

/** Width of a card, as the styles have it. */
const SIZES = '(max-width: 600px) 50vw, 320px'

export const CoverCard = ({ project, isFirst }: { project: Project; isFirst: boolean }) => {
  const { project_id, title, cover, image_count, visibility } = project
  return (
    <li class="cover">
      <a href={projectUrl(project_id)} onClick={follow}>
        <div class="frame">
          {cover ? <Picture image={cover} sizes={SIZES} isFirst={isFirst} alt="" /> : <Icon name="folder" />}
        </div>
        <span class="title">{title ?? project_id}</span>
        <span class="about">
          {visibility === 'private' && (
            <>
              <Icon name="lock" />
              <span class="hidden">{t.private},</span>
            </>
          )}
          {t.pictures(image_count)}
        </span>
      </a>
    </li>
  )
}
