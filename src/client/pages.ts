// Lists as async iterators: of their entries, or of whole pages. Each page is requested when it is needed.

/** A list that is read while it is iterated, as often as it is iterated. */
export interface Listed<Entry, Page> extends AsyncIterable<Entry> {
  /**
   * The pages, with what they say beside their entries. Where one cannot be read, `next()` rejects, and reads the same one
   * when it is called again.
   */
  pages(): AsyncIterable<Page> & AsyncIterator<Page, void>
}

/**
 * @param read a page, from the cursor of the one before it
 * @param entriesOf its entries
 * @param previous `next` of the page before the first one
 */
export const createList = <Entry, Page extends { next: string | null }>(
  read: (after: string | undefined) => Promise<Page>,
  entriesOf: (page: Page) => readonly Entry[],
  previous?: string,
): Listed<Entry, Page> => {
  const pages = (): AsyncIterable<Page> & AsyncIterator<Page, void> => {
    let after = previous === undefined ? undefined : cursorOf(previous)
    let isDone = false
    let earlier: Promise<unknown> = Promise.resolve()

    const readNext = async (): Promise<IteratorResult<Page, void>> => {
      if (isDone) return { done: true, value: undefined }
      const value = await read(after)
      after = value.next === null ? undefined : cursorOf(value.next)
      isDone = after === undefined
      return { done: false, value }
    }

    return {
      next() {
        const result = earlier.then(readNext)
        earlier = result.catch(() => {})
        return result
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* entriesOf(page)
    },
  }
}

/** `after` of the URL of a page. */
const cursorOf = (next: string): string | undefined =>
  new URL(next, 'http://server').searchParams.get('after') ?? undefined
