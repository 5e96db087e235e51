// Texts of accounts and members in the language of the browser, which is known before a dialog is loaded.

import { en, type PeopleTexts } from './people-en.ts'
import { language } from './texts.ts'

/** Languages beside English, each in a file of its own. */
const OTHERS: Record<string, () => Promise<PeopleTexts>> = {
  de: async () => (await import('./people-de.ts')).de,
}

export let people: PeopleTexts = en

/** To be awaited before a dialog with these texts is shown. */
export const loadPeopleTexts = async (): Promise<void> => {
  // English is better than nothing.
  people = (await OTHERS[language]?.().catch(() => en)) ?? en
}
