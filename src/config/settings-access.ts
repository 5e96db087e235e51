// The settings of access: who has to say who it is, and by which keys.

import { ROLES, VISIBILITIES } from '../core/auth/access.ts'
import { MIN_SECRET_LENGTH } from '../core/auth/api-key.ts'
import { AUTH_MODES } from '../core/auth/auth-mode.ts'
import { apiKeys, oneOf } from './parsers.ts'
import { setting } from './setting.ts'

export const accessSettings = {
  auth: setting(oneOf(AUTH_MODES), {
    env: 'AUTH',
    flag: 'auth',
    unit: 'mode',
    initial: 'auto',
    doc: 'Who has to say who it is: auto (everybody, once there are keys or users), required (everybody) or none',
  }),
  apiKeys: setting(apiKeys, {
    env: 'API_KEYS',
    flag: 'api-keys',
    unit: 'keys',
    initial: '',
    doc: `API keys, separated by commas: role:secret (${ROLES.join(', ')}) or a secret alone (admin), ${MIN_SECRET_LENGTH} characters or more`,
    isSecret: true,
  }),
  newVisibility: setting(oneOf(VISIBILITIES), {
    env: 'NEW_VISIBILITY',
    flag: 'new-visibility',
    unit: 'visibility',
    initial: 'public',
    doc: 'Who may look at new projects: public (everybody) or private (who is let in)',
  }),
}
