// A webhook for tests.

import { newSecret, newWebhookId, type Webhook } from '../../../src/core/webhooks/model.ts'

export const AT = '2026-05-04T09:30:00.000Z'

export const newWebhook = (some: Partial<Webhook> = {}): Webhook => ({
  id: newWebhookId(),
  url: 'https://shop.example/hook',
  events: null,
  project_id: null,
  owner: { kind: 'unrestricted' },
  secrets: [{ secret: newSecret(), expires_at: null }],
  enabled: true,
  off_reason: null,
  failing_since: null,
  failures: 0,
  next_attempt_at: null,
  created_at: AT,
  updated_at: AT,
  ...some,
})
