// Work on many items, some at once.

/**
 * Runs work on all items, a group at a time.
 *
 * @param size items of a group
 * @returns the results in order
 * @throws the first failure; the groups behind it are not begun
 */
export const inGroups = async <Item, Result>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Result | Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = []
  for (let at = 0; at < items.length; at += size)
    results.push(...(await Promise.all(items.slice(at, at + size).map(work))))
  return results
}
