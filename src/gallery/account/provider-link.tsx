// Link to the identity provider of the server, which leads back to the present view.

import { base } from '../app/api.ts'
import { people } from '../texts/people.ts'
import { signInUrl } from './sign-in-url.ts'

/** @param isAgain true where the page must stay: another tab signs in for all of them */
export const ProviderLink = ({ name, isAgain }: { name: string; isAgain: boolean }) => (
  <div class="actions">
    <a
      class="button"
      href={signInUrl(base, isAgain ? { pathname: `${base}/`, search: '' } : location)}
      target={isAgain ? '_blank' : undefined}
      rel="noreferrer"
    >
      {people.signInWith(name)}
    </a>
  </div>
)
