// English texts of accounts, loaded with their dialogs.

export const en = {
  signInAgain: 'Sign in again',
  sessionEnded: 'Your session has ended. Sign in again to go on where you were.',
  signOut: 'Sign out',
  register: 'Register',
  noAccountYet: 'No account yet?',
  haveAccount: 'You have an account?',
  email: 'E-mail',
  name: 'Name',
  password: 'Password',
  passwordRule: 'At least 10 characters',
  invite: 'Invitation code',
  inviteHint: 'If you were given one',
  changePassword: 'Change password',
  currentPassword: 'Present password',
  newPassword: 'New password',
  passwordChanged: 'The password was changed. Other sessions have ended.',
  forgotPassword: 'Forgot password?',
  forgotten: 'Forgotten password',
  forgottenHint: 'A link to choose a new password is sent to your address.',
  sendLink: 'Send link',
  linkSent: 'If the address has an account, a mail is on its way. Its link works once, for an hour.',
  choosePassword: 'Choose a new password',
  setPassword: 'Set password',
  passwordSet: 'The new password is set. Sign in with it.',
  resetInvalid: 'This link was used, has expired, or is not complete. Request a new one.',
}

export type PeopleTexts = typeof en
