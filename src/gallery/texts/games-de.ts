// Deutsche Texte der Atlasansicht, geladen mit ihr.

import type { GameTexts } from './games-en.ts'

const count = (n: number, one: string, many: string): string => `${n.toLocaleString('de')} ${n === 1 ? one : many}`

export const de: GameTexts = {
  atlasHint:
    'Alle Bilder in wenigen Dateien: Ein Spiel lädt sie mit zwei Anfragen. Wähle einen Ausschnitt für seine Codezeilen.',
  frameSize: 'Größe',
  frameSizes: { game: 'Symbole, 50 × 50', thumb: 'Vorschaubilder' },
  pageOf: (page, of) => `Seite ${page} von ${of}`,
  previousPage: 'Vorige Seite',
  nextPage: 'Nächste Seite',
  framesOf: (page) => `Ausschnitte der Seite ${page}`,
  pageFacts: (frames, width, height) => `${count(frames, 'Ausschnitt', 'Ausschnitte')}, ${width} × ${height} Pixel`,
  noFramesHint: 'Bilder des Projekts erscheinen hier als Ausschnitte.',
  cssHint:
    'Die Adresse einer Seite ändert sich mit ihren Bildern und gilt dann noch eine Stunde. Für länger: die Seite mit „tintype pull“ speichern.',
}
