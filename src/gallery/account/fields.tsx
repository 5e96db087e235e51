// Fields of the forms of the account dialog.

import { Field } from '../parts/form.tsx'
import { people } from '../texts/people.ts'

interface AccountFieldProps {
  text: { value: string }
  /** @default false */
  autofocus?: boolean
}

export const EmailField = (props: AccountFieldProps) => (
  <Field label={people.email} type="email" autocomplete="username" required {...props} />
)

/** Of the lengths that the API accepts. */
export const NewPasswordField = ({ label, ...props }: AccountFieldProps & { label: string }) => (
  <Field
    label={label}
    hint={people.passwordRule}
    type="password"
    autocomplete="new-password"
    required
    minLength={10}
    maxLength={200}
    {...props}
  />
)
