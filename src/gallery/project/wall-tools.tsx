// Search, tag and order of the images of a project.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { TagFilter } from '../parts/tag-filter.tsx'
import { t } from '../texts/texts.ts'
import { type ProjectModel, SORTS } from './model.ts'

/** Wait after a key, in milliseconds, before a search is sent. */
const TYPING_MS = 250

export const WallTools = ({ model }: { model: ProjectModel }) => {
  const { query, images, project } = model
  const text = useSignal(query.value.q)

  // The text alone
  useEffect(() => {
    if (text.value.trim() === query.value.q) return
    const timer = setTimeout(() => void model.find({ q: text.value.trim() }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text.value])

  if (project.value?.image_count === 0) return null
  return (
    <div class="tools">
      <label class="search">
        <Icon name="search" />
        <span class="hidden">{t.searchImages}</span>
        <input
          type="search"
          placeholder={t.search}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value
          }}
        />
      </label>
      <label>
        <span class="hidden">{t.sortBy}</span>
        <select
          value={query.value.sort}
          onChange={({ currentTarget: { value } }) => {
            const sort = SORTS.find((each) => each === value)
            if (sort) void model.find({ sort })
          }}
        >
          {SORTS.map((sort) => (
            <option key={sort} value={sort}>
              {t.imageSorts[sort]}
            </option>
          ))}
        </select>
      </label>
      <TagFilter items={images.value} chosen={query.value.tag} onChoose={(tag) => void model.find({ tag })} />
    </div>
  )
}
