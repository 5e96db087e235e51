// Search, tag and order of the images of a project.

import { computed, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { t } from '../texts/texts.ts'
import { type ProjectModel, SORTS } from './model.ts'

/** Wait after a key, in milliseconds, before a search is sent. */
const TYPING_MS = 250

/** Tags that are offered: the most frequent ones of the images that are loaded. */
const MOST_TAGS = 12

export const WallTools = ({ model }: { model: ProjectModel }) => {
  const { query, images, project } = model
  const text = useSignal(query.value.q)
  const tags = useMemo(() => computed(() => frequentTags(images.value)), [images])

  // The text alone
  useEffect(() => {
    if (text.value.trim() === query.value.q) return
    const timer = setTimeout(() => void model.find({ q: text.value.trim() }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text.value])

  if (project.value?.image_count === 0) return null
  const { tag } = query.value
  const shown = tag !== undefined && !tags.value.includes(tag) ? [tag, ...tags.value] : tags.value
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
      {shown.length > 0 && (
        <fieldset class="tags">
          <legend class="hidden">{t.tags}</legend>
          {shown.map((each) => (
            <button
              key={each}
              type="button"
              class="tag"
              aria-pressed={each === tag}
              onClick={() => void model.find({ tag: each === tag ? undefined : each })}
            >
              {each}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  )
}

const frequentTags = (images: readonly { tags: readonly string[] }[]): string[] => {
  const counts = new Map<string, number>()
  for (const { tags } of images) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts]
    .sort(([one, oneCount], [other, otherCount]) => otherCount - oneCount || one.localeCompare(other))
    .slice(0, MOST_TAGS)
    .map(([tag]) => tag)
}
