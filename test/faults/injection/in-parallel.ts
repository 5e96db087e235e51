// Work on many things, a few at a time.

/** Results in the order of what was given. */
export const inParallel = async <T, R>(
  most: number,
  things: readonly T[],
  work: (thing: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  const left = [...things.entries()]
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1])
  }
  await Promise.all(Array.from({ length: most }, worker))
  return results
}
