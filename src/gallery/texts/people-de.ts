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
  signInWith: (name) => `Mit ${name} anmelden`,
  signInFailed: 'Die Anmeldung hat nicht geklappt. Versuche es noch einmal.',
  signInFailures: {
    oidc_denied: 'Die Anmeldung wurde abgebrochen, oder du hast keinen Zugang.',
    oidc_state: 'Die Anmeldung hat zu lange gedauert oder begann in einem anderen Browser. Versuche es noch einmal.',
    oidc_unavailable: 'Der Anmeldedienst ist gerade nicht erreichbar. Versuche es später noch einmal.',
    email_taken:
      'Zu deiner Adresse gibt es ein Konto, das sich nicht verbinden lässt. Melde dich mit dem Passwort an, oder frage den Betreiber.',
    registration_closed: 'Du hast hier noch kein Konto. Bitte um eines, und melde dich dann noch einmal an.',
    identity_without_email: 'Der Anmeldedienst nennt keine E-Mail-Adresse, die ein Konto braucht.',
    account_disabled: 'Dein Konto ist gesperrt.',
    rate_limited: 'Zu viele Versuche. Versuche es in einer Minute noch einmal.',
  },
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
