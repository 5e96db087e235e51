// The person in the header: signs in, or opens the menu of the account.

import { me } from '../app/session.ts'
import { openDialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { lazy } from '../parts/lazy.tsx'
import { t } from '../texts/texts.ts'

export const Account = lazy(async () => (await import('./account-dialog.tsx')).loadAccountDialog())

export const AccountArea = () => {
  const { value } = me
  if (value === undefined || value?.kind === 'anybody') return <div />
  if (value === null)
    return (
      <button type="button" class="primary" onClick={() => openDialog(<Account mode="sign-in" />)}>
        {t.signIn}
      </button>
    )
  const name = value.user?.name ?? value.user?.email ?? value.id ?? t.account
  return (
    <button type="button" class="quiet person" onClick={() => openDialog(<Account mode="account" />)}>
      <Icon name="user" />
      <span>{name}</span>
    </button>
  )
}
