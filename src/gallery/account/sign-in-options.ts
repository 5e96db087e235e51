// Ways to sign in that the server offers, read when the dialog is opened first.

import { signal } from '@preact/signals'
import { type components, dataOf } from '../../client/index.ts'
import { tintype } from '../app/api.ts'

/** Undefined until they are known: then only a password is offered. */
export const signInOptions = signal<components['schemas']['SignInOptions'] | undefined>(undefined)

/** Where the server cannot be reached, the form says so when it is sent. */
export const loadSignInOptions = async (): Promise<void> => {
  if (signInOptions.value) return
  signInOptions.value = await dataOf(tintype.api.GET('/auth/options')).catch(() => undefined)
}
