// Forms of the account dialog: sign in, register.

import { useSignal } from '@preact/signals'
import { dataOf } from '../../client/index.ts'
import { tintype } from '../app/api.ts'
import { me, sessionChanged } from '../app/session.ts'
import { Field, Form } from '../parts/form.tsx'
import { people } from '../texts/people.ts'
import { t } from '../texts/texts.ts'
import { EmailField, NewPasswordField } from './fields.tsx'
import { signInOptions } from './sign-in-options.ts'

export const SignIn = ({ isAgain, onDone }: { isAgain: boolean; onDone(): void }) => {
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
      {isAgain && <p>{people.sessionEnded}</p>}
      <EmailField text={email} autofocus={!isAgain} />
      <Field
        label={people.password}
        type="password"
        autocomplete="current-password"
        required
        text={password}
        autofocus={isAgain}
      />
    </Form>
  )
}

export const Registration = ({ onDone }: { onDone(): void }) => {
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
    <Form submit={people.register} onSubmit={submit}>
      <EmailField text={email} autofocus />
      <Field label={people.name} hint={t.optional} autocomplete="name" text={name} />
      <NewPasswordField label={people.password} text={password} />
      {signInOptions.value?.registration === 'invite' && (
        <Field label={people.invite} hint={people.inviteHint} text={invite} />
      )}
    </Form>
  )
}
