// Language of an answer by `Accept-Language` (RFC 9110 section 12.5.4).

/**
 * The offered language that the header prefers: by quality, of equal ones the first. A tag such as `de-AT` counts as its
 * language. The first offered one where the header is absent or names none of them.
 *
 * @param offered languages without regions, in lower case
 */
export const preferredLanguage = <Language extends string>(
  header: string | undefined,
  offered: readonly [Language, ...Language[]],
): Language => {
  let best: { language: Language; quality: number } | undefined
  for (const range of header?.toLowerCase().split(',') ?? []) {
    const [, tag, weight = '1'] = RANGE.exec(range) ?? []
    const quality = Number(weight)
    const language = tag === '*' ? offered[0] : offered.find((each) => each === tag)
    if (language !== undefined && quality > (best?.quality ?? 0)) best = { language, quality }
  }
  return best?.language ?? offered[0]
}

/** The language of a tag, or `*`, and its quality. */
const RANGE = /^\s*([a-z]{1,8}|\*)(?:-[a-z0-9-]{1,100})?\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/
