// Links that lead to a dialog: `/#reset=<token>` of a mail, and `?sign-in=<code>` at the end of a sign-in by a provider.

import { navigate, wallUrl } from '../app/router.ts'
import { sessionChanged } from '../app/session.ts'
import { openDialog } from '../parts/dialog.tsx'
import { Account } from './account-area.tsx'
import { SIGNED_IN } from './sign-in-url.ts'

/** Opens the dialog, and takes the token or the code out of the address. */
const arrive = (): void => {
  const url = new URL(location.href)
  const outcome = url.searchParams.get('sign-in')
  if (outcome !== null) {
    url.searchParams.delete('sign-in')
    navigate(url.href, true)
    if (outcome === SIGNED_IN) void sessionChanged()
    else openDialog(<Account mode="sign-in" failure={outcome} />)
    return
  }
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
