// The order of images: moves, and what of the new order has to be sent.

/**
 * Moves some before another one, in their order.
 *
 * @param before id that they come before; undefined for the end
 */
export const moved = (order: readonly string[], ids: ReadonlySet<string>, before: string | undefined): string[] => {
  // Where that one is moved too, the next one that stays.
  const from = before === undefined ? order.length : order.indexOf(before)
  const next = order.slice(from).find((id) => !ids.has(id))
  const rest = order.filter((id) => !ids.has(id))
  const at = next === undefined ? rest.length : rest.indexOf(next)
  return [...rest.slice(0, at), ...order.filter((id) => ids.has(id)), ...rest.slice(at)]
}

/** Moves each of some by one place. Those at the end stay. @param step -1 for earlier, 1 for later */
export const stepped = (order: readonly string[], ids: ReadonlySet<string>, step: 1 | -1): string[] => {
  const after = [...order]
  const indexes = [...order.keys()]
  if (step > 0) indexes.reverse()
  for (const at of indexes) {
    const [id, other] = [after[at], after[at + step]]
    if (id === undefined || other === undefined || !ids.has(id) || ids.has(other)) continue
    after[at + step] = id
    after[at] = other
  }
  return after
}

/** The one that follows the first of some when they are removed; the last one where none follows. */
export const successor = (order: readonly string[], ids: ReadonlySet<string>): string | undefined => {
  const first = order.findIndex((id) => ids.has(id))
  return order.slice(first).find((id) => !ids.has(id)) ?? order.findLast((id) => !ids.has(id))
}

/**
 * The shortest beginning of the new order that changes the old one into it: images that it does not name follow in their
 * order. Empty where nothing has changed.
 */
export const changedBeginning = (before: readonly string[], after: readonly string[]): readonly string[] => {
  let end = after.length
  while (end > 0 && before[end - 1] === after[end - 1]) end--
  return after.slice(0, end)
}
