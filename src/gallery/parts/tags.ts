// Tags of images and projects: in the one text of a field, and the ones that a filter offers.

export interface Tagged {
  tags: readonly string[]
}

/** Tags that a filter offers. */
const MOST_TAGS = 12

/** The most frequent ones, the most frequent first. */
export const frequentTags = (items: readonly Tagged[]): string[] => {
  const counts = new Map<string, number>()
  for (const { tags } of items) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts]
    .sort(([one, oneCount], [other, otherCount]) => otherCount - oneCount || one.localeCompare(other))
    .slice(0, MOST_TAGS)
    .map(([tag]) => tag)
}

/** Text of a field with tags, which have no commas. */
export const textOfTags = (tags: readonly string[]): string => tags.join(', ')

export const tagsOf = (text: string): string[] =>
  text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
