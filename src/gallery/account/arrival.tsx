// Links that lead to a dialog: `/#reset=<token>` of a mail.

import { navigate, wallUrl } from '../app/router.ts'
import { openDialog } from '../parts/dialog.tsx'
import { Account } from './account-area.tsx'

/** Opens the dialog, and takes the token out of the address. */
const arrive = (): void => {
  const token = /^#reset=(.+)/.exec(location.hash)?.[1]
  if (token === undefined) return
  navigate(wallUrl, true)
  // Another element than that of an open dialog.
  openDialog(<Account key={token} mode="new-password" token={token} />)
}

/** To be called once, after the first view is shown. */
export const followArrivals = (): void => {
  addEventListener('hashchange', arrive)
  arrive()
}
