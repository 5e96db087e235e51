// What a table says of several rounds.

/**
 * The one in the middle, or the mean of the middle two.
 *
 * @param {readonly number[]} numbers
 */
export const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
}

/**
 * The least and the most, as text.
 *
 * @param {readonly number[]} numbers
 */
export const spread = (numbers, digits = 0) =>
  `${Math.min(...numbers).toFixed(digits)}-${Math.max(...numbers).toFixed(digits)}`
