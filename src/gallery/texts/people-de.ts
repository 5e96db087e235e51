// Deutsche Texte der Konten, geladen mit ihren Dialogen.

import type { PeopleTexts } from './people-en.ts'

export const de: PeopleTexts = {
  signInAgain: 'Noch einmal anmelden',
  sessionEnded: 'Deine Sitzung ist zu Ende. Melde dich noch einmal an, dann geht es an derselben Stelle weiter.',
  signOut: 'Abmelden',
  register: 'Registrieren',
  noAccountYet: 'Noch kein Konto?',
  haveAccount: 'Du hast ein Konto?',
  email: 'E-Mail',
  name: 'Name',
  password: 'Passwort',
  passwordRule: 'Mindestens 10 Zeichen',
  invite: 'Einladungscode',
  inviteHint: 'Falls du einen bekommen hast',
  changePassword: 'Passwort ändern',
  currentPassword: 'Jetziges Passwort',
  newPassword: 'Neues Passwort',
  passwordChanged: 'Das Passwort ist geändert. Andere Sitzungen sind beendet.',
  forgotPassword: 'Passwort vergessen?',
  forgotten: 'Passwort vergessen',
  forgottenHint: 'An deine Adresse geht ein Link, mit dem du ein neues Passwort wählst.',
  sendLink: 'Link schicken',
  linkSent: 'Wenn die Adresse ein Konto hat, ist eine Mail unterwegs. Ihr Link gilt einmal, eine Stunde lang.',
  choosePassword: 'Neues Passwort wählen',
  setPassword: 'Passwort setzen',
  passwordSet: 'Das neue Passwort gilt. Melde dich damit an.',
  resetInvalid: 'Dieser Link wurde benutzt, ist abgelaufen oder nicht vollständig. Fordere einen neuen an.',
}
