// Dialog of the account: sign in, register, sign in again, change the password, sign out.

import { useSignal } from '@preact/signals'
import { dataOf } from '../../client/index.ts'
import { tintype } from '../app/api.ts'
import { me, question, sessionChanged, signOut } from '../app/session.ts'
import { say, shown } from '../app/toasts.ts'
import { closeDialog, Dialog } from '../parts/dialog.tsx'
import { Field, Form } from '../parts/form.tsx'
import { t } from '../texts/texts.ts'

/** Lengths that the API accepts. */
const PASSWORD = { minLength: 10, maxLength: 200 }

type Mode = 'sign-in' | 'register' | 'again' | 'account'

export const AccountDialog = ({ mode: first }: { mode: Mode }) => {
  const mode = useSignal(first)
  const close = () => {
    if (first === 'again') question.value?.resolve(false)
    else closeDialog()
  }
  const title = { 'sign-in': t.signIn, register: t.register, again: t.signInAgain, account: t.account }[mode.value]
  return (
    <Dialog title={title} onClose={close}>
      {mode.value === 'account' && <OwnAccount />}
      {mode.value === 'register' && <Registration onDone={close} />}
      {(mode.value === 'sign-in' || mode.value === 'again') && (
        <SignIn isAgain={mode.value === 'again'} onDone={close} />
      )}
      {mode.value === 'sign-in' && (
        <p class="other">
          {t.noAccountYet}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              mode.value = 'register'
            }}
          >
            {t.register}
          </button>
        </p>
      )}
      {mode.value === 'register' && (
        <p class="other">
          {t.haveAccount}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              mode.value = 'sign-in'
            }}
          >
            {t.signIn}
          </button>
        </p>
      )}
    </Dialog>
  )
}

const SignIn = ({ isAgain, onDone }: { isAgain: boolean; onDone(): void }) => {
  const email = useSignal(me.value?.user?.email ?? '')
  const password = useSignal('')
  const submit = async () => {
    const body = { email: email.value, password: password.value, cookie: true }
    await dataOf(tintype.api.POST('/auth/login', { body }))
    await sessionChanged()
    if (!isAgain) onDone()
  }
  return (
    <Form submit={t.signIn} onSubmit={submit}>
      {isAgain && <p>{t.sessionEnded}</p>}
      <Field
        label={t.email}
        type="email"
        autocomplete="username"
        required
        value={email.value}
        onValue={(text) => {
          email.value = text
        }}
        autofocus={!isAgain}
      />
      <Field
        label={t.password}
        type="password"
        autocomplete="current-password"
        required
        value={password.value}
        onValue={(text) => {
          password.value = text
        }}
        autofocus={isAgain}
      />
    </Form>
  )
}

const Registration = ({ onDone }: { onDone(): void }) => {
  const email = useSignal('')
  const name = useSignal('')
  const password = useSignal('')
  const invite = useSignal('')
  const submit = async () => {
    const body = {
      email: email.value,
      password: password.value,
      cookie: true,
      ...(name.value.trim() && { name: name.value }),
      ...(invite.value.trim() && { invite: invite.value.trim() }),
    }
    await dataOf(tintype.api.POST('/auth/register', { body }))
    await sessionChanged()
    onDone()
  }
  return (
    <Form submit={t.register} onSubmit={submit}>
      <Field
        label={t.email}
        type="email"
        autocomplete="username"
        required
        value={email.value}
        onValue={(text) => {
          email.value = text
        }}
        autofocus
      />
      <Field
        label={t.name}
        hint={t.optional}
        autocomplete="name"
        value={name.value}
        onValue={(text) => {
          name.value = text
        }}
      />
      <Field
        label={t.password}
        hint={t.passwordRule}
        type="password"
        autocomplete="new-password"
        required
        {...PASSWORD}
        value={password.value}
        onValue={(text) => {
          password.value = text
        }}
      />
      <Field
        label={t.invite}
        hint={t.inviteHint}
        value={invite.value}
        onValue={(text) => {
          invite.value = text
        }}
      />
    </Form>
  )
}

const OwnAccount = () => {
  const current = useSignal('')
  const next = useSignal('')
  const change = async () => {
    const body = { current: current.value, new: next.value, cookie: true }
    await dataOf(tintype.api.POST('/auth/password', { body }))
    await sessionChanged()
    closeDialog()
    say(t.passwordChanged)
  }
  const leave = async () => {
    await shown(signOut)
    if (me.value === null) closeDialog()
  }
  const { user } = me.value ?? {}
  return (
    <>
      <p class="who">
        {user?.name && <strong>{user.name}</strong>} {user?.email}
      </p>
      {user && (
        <details>
          <summary>{t.changePassword}</summary>
          <Form submit={t.changePassword} onSubmit={change}>
            <Field
              label={t.currentPassword}
              type="password"
              autocomplete="current-password"
              required
              value={current.value}
              onValue={(text) => {
                current.value = text
              }}
            />
            <Field
              label={t.newPassword}
              hint={t.passwordRule}
              type="password"
              autocomplete="new-password"
              required
              {...PASSWORD}
              value={next.value}
              onValue={(text) => {
                next.value = text
              }}
            />
          </Form>
        </details>
      )}
      <div class="actions">
        <button type="button" onClick={leave}>
          {t.signOut}
        </button>
      </div>
    </>
  )
}
