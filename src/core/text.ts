// Texts from outside: how long they are, and how much of them an answer repeats.

/** Characters of a foreign value that an answer repeats. */
const MAX_QUOTED = 80

/** A value from outside, short enough to be repeated in an answer. */
export const clip = (value: string): string => (value.length > MAX_QUOTED ? `${value.slice(0, MAX_QUOTED)}…` : value)

/** Code points, as a person counts. */
export const characters = (text: string): number => [...text].length
