// Deutsche Texte der Konten und Mitglieder, geladen mit ihren Dialogen.

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

  membersPrivate:
    'Mitglieder sehen dieses private Projekt. Wer bearbeiten kann, fügt auch Bilder hinzu, ändert und löscht sie.',
  membersPublic:
    'Alle sehen dieses öffentliche Projekt. Wer bearbeiten kann, fügt auch Bilder hinzu, ändert und löscht sie.',
  noMembers: 'Noch ist sonst niemand Mitglied.',
  addMember: 'Mitglied hinzufügen',
  memberAdded: (email) => `${email} ist jetzt Mitglied.`,
  noSuchAccount: (email) => `Es gibt kein Konto mit der Adresse ${email}.`,
  owner: 'Besitz',
  role: 'Rolle',
  roles: { viewer: 'Kann ansehen', editor: 'Kann bearbeiten' },
  roleOf: (name) => `Rolle von ${name}`,
  removeMember: (name) => `${name} entfernen`,
  memberRemoved: (name) => `${name} ist kein Mitglied mehr.`,
}
