import { describe, expect, it } from 'vitest'
import { createList } from '../../src/client/pages.ts'

interface Page {
  names: string[]
  next: string | null
}

const PAGES: Record<string, Page> = {
  first: { names: ['a', 'b'], next: '/media/projects?limit=2&after=b%2Bc&sort=id' },
  'b+c': { names: [], next: '/media/projects?after=last' },
  last: { names: ['c'], next: null },
}

const opened = (previous?: string) => {
  const requested: (string | undefined)[] = []
  let fails = false
  const read = async (after: string | undefined): Promise<Page> => {
    requested.push(after)
    if (fails) {
      fails = false
      throw new Error('away')
    }
    const page = PAGES[after ?? 'first']
    if (!page) throw new Error(`no page ${after}`)
    return page
  }
  const fail = (): void => {
    fails = true
  }
  return { requested, fail, list: createList(read, ({ names }) => names, previous) }
}

const gathered = async <Entry>(entries: AsyncIterable<Entry>): Promise<Entry[]> => {
  const all: Entry[] = []
  for await (const entry of entries) all.push(entry)
  return all
}

describe('a list', () => {
  it('gives the entries of all pages, from the cursors of the pages before', async () => {
    const { requested, list } = opened()
    expect(await gathered(list)).toEqual(['a', 'b', 'c'])
    expect(requested).toEqual([undefined, 'b+c', 'last'])
  })

  it('begins behind a page that was read before', async () => {
    const { requested, list } = opened('/media/projects?limit=2&after=b%2Bc')
    expect(await gathered(list)).toEqual(['c'])
    expect(requested).toEqual(['b+c', 'last'])
  })

  it('gives pages, also without entries', async () => {
    const { list } = opened()
    expect((await gathered(list.pages())).map(({ names }) => names.length)).toEqual([2, 0, 1])
  })

  it('requests a page when it is needed, and begins anew each time', async () => {
    const { requested, list } = opened()
    expect(requested).toEqual([])
    for await (const name of list) if (name === 'b') break
    expect(requested).toEqual([undefined])
    expect(await gathered(list)).toHaveLength(3)
  })

  it('ends with the error of a page', async () => {
    const list = createList<string, Page>(
      () => Promise.reject(new Error('gone')),
      () => [],
    )
    await expect(gathered(list)).rejects.toThrow('gone')
  })

  it('reads a page again that could not be read, and leaves none out', async () => {
    const { list, requested, fail } = opened()
    const pages = list.pages()
    expect(await pages.next()).toMatchObject({ value: { names: ['a', 'b'] } })
    fail()
    await expect(pages.next()).rejects.toThrow('away')
    expect((await gathered(pages)).map(({ names }) => names)).toEqual([[], ['c']])
    expect(await pages.next()).toEqual({ done: true, value: undefined })
    expect(requested).toEqual([undefined, 'b+c', 'b+c', 'last'])
  })

  it('reads one page after the other, also where several are requested at once', async () => {
    const { list, requested } = opened()
    const pages = list.pages()
    const several = await Promise.all([pages.next(), pages.next(), pages.next(), pages.next()])
    expect(several.map(({ done }) => done)).toEqual([false, false, false, true])
    expect(requested).toEqual([undefined, 'b+c', 'last'])
  })
})
