// Texts of the atlas view in the language of the browser, which is known before a dialog is loaded.

import { en, type GameTexts } from './games-en.ts'
import { language } from './texts.ts'

/** Languages beside English, each in a file of its own. */
const OTHERS: Record<string, () => Promise<GameTexts>> = {
  de: async () => (await import('./games-de.ts')).de,
}

export let games: GameTexts = en

/** To be awaited before the atlas view is shown. */
export const loadGameTexts = async (): Promise<void> => {
  // English is better than nothing.
  games = (await OTHERS[language]?.().catch(() => en)) ?? en
}
