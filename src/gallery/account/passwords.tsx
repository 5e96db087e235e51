// Forms of the account dialog: request a link for a forgotten password, and choose a new one by that link.

import { useSignal } from '@preact/signals'
import { dataOf } from '../../client/index.ts'
import { isCode, tintype } from '../app/api.ts'
import { sessionChanged } from '../app/session.ts'
import { Form } from '../parts/form.tsx'
import { people } from '../texts/people.ts'
import { EmailField, NewPasswordField } from './fields.tsx'

export const ForgottenPassword = () => {
  const email = useSignal('')
  const isSent = useSignal(false)
  const send = async () => {
    await dataOf(tintype.api.POST('/auth/forgotten-password', { body: { email: email.value } }))
    isSent.value = true
  }
  if (isSent.value) return <p role="status">{people.linkSent}</p>
  return (
    <Form submit={people.sendLink} onSubmit={send}>
      <p>{people.forgottenHint}</p>
      <EmailField text={email} autofocus />
    </Form>
  )
}

export const NewPassword = ({ token, onDone }: { token: string; onDone(): void }) => {
  const password = useSignal('')
  const set = async () => {
    const body = { token, password: password.value }
    try {
      await dataOf(tintype.api.POST('/auth/reset-password', { body }))
    } catch (error) {
      throw isCode(error, 'reset_token_invalid') ? new Error(people.resetInvalid) : error
    }
    // A session of this browser has ended too.
    await sessionChanged()
    onDone()
  }
  return (
    <Form submit={people.setPassword} onSubmit={set}>
      <NewPasswordField label={people.newPassword} text={password} autofocus />
    </Form>
  )
}
