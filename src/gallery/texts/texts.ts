// Texts in the language of the browser. `t` is set before the first view is shown.

import { en, type Texts } from './en.ts'

export let t: Texts = en

/** Language tag of dates and numbers. */
export let language = 'en'

/** Languages beside English, each in a file of its own. */
const OTHERS: Record<string, () => Promise<Texts>> = {
  de: async () => (await import('./de.ts')).de,
}

export const loadTexts = async (): Promise<void> => {
  const wanted = navigator.languages.map((tag) => tag.toLowerCase().split('-')[0] ?? '')
  const found = wanted.find((tag) => tag === 'en' || Object.hasOwn(OTHERS, tag)) ?? 'en'
  const load = OTHERS[found]
  if (!load) return
  try {
    t = await load()
    language = found
    document.documentElement.lang = found
  } catch {
    // English is better than nothing.
  }
}
