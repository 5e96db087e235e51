// Dialog of the account: sign in, register, sign in again, replace a forgotten password, change the password, sign out.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { question } from '../app/session.ts'
import { say } from '../app/toasts.ts'
import { closeDialog, Dialog } from '../parts/dialog.tsx'
import { loadPeopleTexts, people } from '../texts/people.ts'
import { t } from '../texts/texts.ts'
import { OwnAccount } from './own-account.tsx'
import { ForgottenPassword, NewPassword } from './passwords.tsx'
import { ProviderLink } from './provider-link.tsx'
import { Registration, SignIn } from './sign-in.tsx'
import { loadSignInOptions, signInOptions } from './sign-in-options.ts'

type Mode = 'sign-in' | 'register' | 'again' | 'forgotten' | 'new-password' | 'account'

interface AccountDialogProps {
  mode: Mode
  /** Of the link in a mail, with the mode `new-password`. */
  token?: string
  /** Code of the error of a sign-in by a provider, with the mode `sign-in`. */
  failure?: string
}

/** The dialog, once its texts are loaded. */
export const loadAccountDialog = async () => {
  await loadPeopleTexts()
  return AccountDialog
}

const AccountDialog = ({ mode: first, token = '', failure }: AccountDialogProps) => {
  const mode = useSignal(first)
  useEffect(() => void loadSignInOptions(), [])
  const close = () => {
    if (first === 'again') question.value?.resolve(false)
    else closeDialog()
  }
  const title = {
    'sign-in': t.signIn,
    register: people.register,
    again: people.signInAgain,
    forgotten: people.forgotten,
    'new-password': people.choosePassword,
    account: t.account,
  }[mode.value]
  const options = signInOptions.value
  const offer = (label: string, offered: Mode) => (
    <button
      type="button"
      class="link"
      onClick={() => {
        mode.value = offered
      }}
    >
      {label}
    </button>
  )
  return (
    <Dialog title={title} onClose={close}>
      {mode.value === 'account' && <OwnAccount />}
      {mode.value === 'register' && <Registration onDone={close} />}
      {mode.value === 'sign-in' && failure !== undefined && (
        <p class="problem" role="alert">
          {failureText(failure)}
        </p>
      )}
      {(mode.value === 'sign-in' || mode.value === 'again') && (
        <SignIn isAgain={mode.value === 'again'} onDone={close} />
      )}
      {(mode.value === 'sign-in' || mode.value === 'again') && options?.provider != null && (
        <ProviderLink name={options.provider} isAgain={mode.value === 'again'} />
      )}
      {mode.value === 'forgotten' && <ForgottenPassword />}
      {mode.value === 'new-password' && (
        <NewPassword
          token={token}
          onDone={() => {
            mode.value = 'sign-in'
            say(people.passwordSet)
          }}
        />
      )}
      {(mode.value === 'sign-in' || mode.value === 'new-password') && options?.password_reset && (
        <p class="other">{offer(people.forgotPassword, 'forgotten')}</p>
      )}
      {mode.value === 'sign-in' && options && options.registration !== 'closed' && (
        <p class="other">
          {people.noAccountYet} {offer(people.register, 'register')}
        </p>
      )}
      {(mode.value === 'register' || mode.value === 'forgotten') && (
        <p class="other">
          {people.haveAccount} {offer(t.signIn, 'sign-in')}
        </p>
      )}
    </Dialog>
  )
}

/** @param code from the address, so it can be any text */
const failureText = (code: string): string =>
  new Map(Object.entries(people.signInFailures)).get(code) ?? people.signInFailed
