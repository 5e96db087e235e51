// Link to the identity provider of the server, which leads back to the present view.

import { base } from '../app/api.ts'
import { SIGNED_IN } from '../app/session.ts'
import { people } from '../texts/people.ts'

/** @param isAgain true where the page must stay: another tab signs in for all of them */
export const ProviderLink = ({ name, isAgain }: { name: string; isAgain: boolean }) => (
  <div class="actions">
    <a class="button" href={signInUrl(isAgain)} target={isAgain ? '_blank' : undefined} rel="noreferrer">
      {people.signInWith(name)}
    </a>
  </div>
)

const signInUrl = (isAgain: boolean): string => {
  const { pathname, search } = location
  const view = isAgain ? '/' : pathname.slice(base.length) + search
  const next = `${view || '/'}${view.includes('?') ? '&' : '?'}sign-in=${SIGNED_IN}`
  return `${base}/auth/oidc?next=${encodeURIComponent(next)}`
}
