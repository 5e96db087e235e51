// Lists as async iterators: of their entries, or of whole pages. Each page is requested when it is needed.

/** A list that is read while it is iterated, as often as it is iterated. */
export interface Listed<Entry, Page> extends AsyncIterable<Entry> {
  /** The pages, with what they say beside their entries. */
  pages(): AsyncIterable<Page>
}

/**
 * @param read a page, from the cursor of the one before it
 * @param entriesOf its entries
 */
export const createList = <Entry, Page extends { next: string | null }>(
  read: (after: string | undefined) => Promise<Page>,
  entriesOf: (page: Page) => readonly Entry[],
): Listed<Entry, Page> => {
  async function* pages(): AsyncGenerator<Page, void> {
    let after: string | undefined
    do {
      const page = await read(after)
      yield page
      after = page.next === null ? undefined : cursorOf(page.next)
    } while (after !== undefined)
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
