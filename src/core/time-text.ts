// Times as text that sorts by time, for names and ids.

/** Length of the text: 9 characters of base 36 last until the year 5188. */
export const TIME_TEXT_LENGTH = 9

/** @param atMs milliseconds since 1970 */
export const timeText = (atMs: number): string =>
  Math.max(0, Math.floor(atMs)).toString(36).padStart(TIME_TEXT_LENGTH, '0')

/** Milliseconds since 1970. @param text begins with a time */
export const timeIn = (text: string): number => Number.parseInt(text.slice(0, TIME_TEXT_LENGTH), 36)
