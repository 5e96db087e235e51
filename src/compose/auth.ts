// Authentication: accounts, API keys, sessions, an identity provider, and the throttle of sign-ins.

import type { Principal } from '../core/auth/access.ts'
import type { WebhookOwner } from '../core/webhooks/model.ts'
import { createIdentify, createOpenWarning } from '../http/access.ts'
import { createClientAddress } from '../http/middleware/client-address.ts'
import { createAccountService } from '../services/auth/accounts.ts'
import { createApiKeys } from '../services/auth/api-keys.ts'
import { createBearerAuthenticator, createCookieAuthenticator } from '../services/auth/authenticator.ts'
import { createCsrfGuard } from '../services/auth/csrf.ts'
import { createOidcTokens } from '../services/auth/oidc-tokens.ts'
import { createPasswordReset } from '../services/auth/password-reset.ts'
import { createPasswords, type Passwords } from '../services/auth/passwords.ts'
import { createSignInThrottle, forgivingReset, throttledAccounts } from '../services/auth/sign-in-throttle.ts'
import type { CountingOptions } from '../services/limits/limiter.ts'
import { createLinkCookies } from '../services/links/link-cookies.ts'
import { createMailer } from '../services/mail/mailer.ts'
import { createIdentityProvider } from '../services/oidc/identity-provider.ts'
import { createSignInFlows } from '../services/oidc/sign-in-flow.ts'
import { createBucketAccounts } from '../stores/accounts/bucket-accounts.ts'
import { createFileAccountStore } from '../stores/accounts/file-account-store.ts'
import { createFileKeys } from '../stores/accounts/file-keys.ts'
import { createFileLinks } from '../stores/links/file-links.ts'
import { createIsOpen, isConfigured } from './auth-configured.ts'
import type { Foundation } from './foundation.ts'

/** @param passwords @default hashing at the cost that OWASP recommends */
export const buildAuth = (
  { options, storageDir, bucket, log }: Foundation,
  counting: CountingOptions = { log },
  passwords: Passwords = createPasswords(),
) => {
  const { registration = 'closed', allowedOrigins: origins, apiKeys: fixed, issuer } = options
  const client = createClientAddress(options.trustProxy)
  const shared = bucket && createBucketAccounts({ bucket, staleMs: options.bucket?.staleMs ?? 5000 })
  const isOpen = createIsOpen({ ...options, storageDir }, shared && (() => !shared.isClaimed()))
  const store = shared?.store ?? createFileAccountStore({ storageDir })
  const keys = shared?.keys ?? createFileKeys({ storageDir })
  const accounts = createAccountService({ store, passwords, registration })
  const csrf = createCsrfGuard({ tokens: accounts.tokens, trustedOrigins: origins === '*' ? [] : origins })
  const oidcTokens = issuer && createOidcTokens({ ...issuer, log })
  const apiKeys = createApiKeys({ keys, fixed })
  const links = shared?.links ?? createFileLinks({ storageDir })
  const throttle = createSignInThrottle(counting)
  const oidc = options.oidc && {
    provider: createIdentityProvider({ ...options.oidc, log }),
    flows: createSignInFlows({ store }),
  }
  const mail = options.mail && { mailer: createMailer(options.mail), publicUrl: options.mail.publicUrl }
  const reset = createPasswordReset({ store, passwords, mail, counting, log })

  return {
    client,
    store,
    links,
    isOpen,
    accountRoutes: {
      accounts: throttledAccounts(accounts, throttle),
      passwordReset: forgivingReset(reset, throttle),
      oidc,
      csrf,
      registration,
      isOpen,
    },
    ...createIdentify({
      authenticators: [
        apiKeys,
        createBearerAuthenticator(accounts, oidcTokens),
        createCookieAuthenticator(accounts, csrf),
      ],
      links: createLinkCookies({ links, csrf }),
      isOpen,
      // No origin is foreign where pages of every site may use the API.
      refuseCrossOrigin: origins === '*' ? undefined : csrf.refuseCrossOrigin,
      onOpen: (options.auth ?? 'auto') === 'auto' ? createOpenWarning(client, log) : undefined,
    }),
    /** Principal of the creator of a webhook, as it is now. */
    async principalOf(owner: WebhookOwner): Promise<Principal | undefined> {
      if (owner.kind === 'unrestricted') return isOpen() ? { kind: 'unrestricted' } : undefined
      if (owner.kind === 'key') return apiKeys.principal(owner.id)
      // Users of an identity provider have no account here.
      return (await store.users.get(owner.id))?.disabled ? undefined : { kind: 'user', id: owner.id }
    },
    /** Finds out whether access is open. @throws TintypeError `store_unavailable` */
    async open() {
      if ((options.auth ?? 'auto') === 'auto' && !isConfigured(options)) await shared?.open()
    },
    async close() {
      shared?.close()
      await reset.close()
      await accounts.close()
    },
  }
}
