// The account of the person who is signed in: change the password, sign out.

import { useSignal } from '@preact/signals'
import { dataOf } from '../../client/index.ts'
import { tintype } from '../app/api.ts'
import { me, sessionChanged, signOut } from '../app/session.ts'
import { say, shown } from '../app/toasts.ts'
import { closeDialog } from '../parts/dialog.tsx'
import { Field, Form } from '../parts/form.tsx'
import { people } from '../texts/people.ts'
import { NewPasswordField } from './fields.tsx'

export const OwnAccount = () => {
  const current = useSignal('')
  const next = useSignal('')
  const change = async () => {
    const body = { current: current.value, new: next.value, cookie: true }
    await dataOf(tintype.api.POST('/auth/password', { body }))
    await sessionChanged()
    closeDialog()
    say(people.passwordChanged)
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
      {user?.has_password && (
        <details>
          <summary>{people.changePassword}</summary>
          <Form submit={people.changePassword} onSubmit={change}>
            <Field
              label={people.currentPassword}
              type="password"
              autocomplete="current-password"
              required
              text={current}
            />
            <NewPasswordField label={people.newPassword} text={next} />
          </Form>
        </details>
      )}
      <div class="actions">
        <button type="button" onClick={leave}>
          {people.signOut}
        </button>
      </div>
    </>
  )
}
