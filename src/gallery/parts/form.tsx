// Forms of dialogs: fields with labels, one failure in the words of the API, and a button that waits.

import { useSignal } from '@preact/signals'
import type { ComponentChildren, HTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'
import { wordsOf } from '../app/api.ts'

interface FormProps {
  submit: string
  /** @default false */
  isDanger?: boolean
  /** @default false */
  isDisabled?: boolean
  /** Its failure is shown. */
  onSubmit(): Promise<void>
  children: ComponentChildren
}

export const Form = ({ submit, isDanger = false, isDisabled = false, onSubmit, children }: FormProps) => {
  const isBusy = useSignal(false)
  const problem = useSignal('')
  const run = async (event: Event) => {
    event.preventDefault()
    if (isBusy.value || isDisabled) return
    isBusy.value = true
    problem.value = ''
    try {
      await onSubmit()
    } catch (error) {
      problem.value = wordsOf(error)
    } finally {
      isBusy.value = false
    }
  }
  return (
    <form onSubmit={run}>
      {children}
      <p class="problem" role="alert">
        {problem}
      </p>
      <div class="actions">
        <button type="submit" class={isDanger ? 'danger' : 'primary'} disabled={isDisabled} aria-busy={isBusy.value}>
          {submit}
        </button>
      </div>
    </form>
  )
}

interface FieldProps {
  label: string
  /** Its text, a signal or what is read and set like one. */
  text: { value: string }
  /** @default text */
  type?: 'text' | 'email' | 'password'
  /** @default none */
  hint?: string | undefined
  /** Attributes of the input. */
  autocomplete?: string
  required?: boolean
  minLength?: number
  maxLength?: number
  pattern?: string
  autofocus?: boolean
}

export const Field = ({ label, hint, text, type = 'text', autofocus = false, ...attributes }: FieldProps) => {
  const id = useId()
  const input: InputAttributes = {
    id,
    ...attributes,
    value: text.value,
    // A dialog focuses the field that has it.
    autofocus,
    onInput: (event) => {
      text.value = event.currentTarget.value
    },
  }
  return (
    <label class="field" for={id}>
      <span>{label}</span>
      {type === 'text' && <input {...input} type="text" />}
      {type === 'email' && <input {...input} type="email" />}
      {type === 'password' && <input {...input} type="password" />}
      {hint !== undefined && <small>{hint}</small>}
    </label>
  )
}

type InputAttributes = Pick<HTMLAttributes<HTMLInputElement>, 'id' | 'autofocus' | 'onInput'> & { value: string }
