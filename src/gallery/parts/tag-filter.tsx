// Filter of a wall by one of the tags of what it shows.

import { useMemo } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { frequentTags, type Tagged } from './tags.ts'

interface TagFilterProps {
  /** Images or projects that are loaded. */
  items: readonly Tagged[]
  /** Undefined for any tags. */
  chosen: string | undefined
  onChoose(tag: string | undefined): void
}

/** Shows nothing where there are no tags. */
export const TagFilter = ({ items, chosen, onChoose }: TagFilterProps) => {
  const tags = useMemo(() => frequentTags(items), [items])
  const shown = chosen !== undefined && !tags.includes(chosen) ? [chosen, ...tags] : tags
  if (shown.length === 0) return null
  return (
    <fieldset class="tags">
      <legend class="hidden">{t.tags}</legend>
      {shown.map((each) => (
        <button
          key={each}
          type="button"
          class="tag"
          aria-pressed={each === chosen}
          onClick={() => onChoose(each === chosen ? undefined : each)}
        >
          {each}
        </button>
      ))}
    </fieldset>
  )
}
