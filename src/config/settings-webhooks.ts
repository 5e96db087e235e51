// Settings of webhooks.

import { parseAllowed, parseDestination, URL_RULE } from '../core/webhooks/destination.ts'
import { isSecretText, SECRET_RULE } from '../core/webhooks/model.ts'
import { orUndefined, type Parser } from './parsers.ts'
import { setting } from './setting.ts'

const url: Parser<string> = {
  expected: URL_RULE,
  parse: (text) => (text === '' || parseDestination(text) ? text : undefined),
}

const secret: Parser<string> = {
  expected: SECRET_RULE,
  parse: (text) => (text === '' || isSecretText(text) ? text : undefined),
}

const allowed: Parser<ReturnType<typeof parseAllowed>> = {
  expected: 'addresses, networks such as 10.0.0.0/8 and host names, separated by commas',
  parse: (text) => orUndefined(() => parseAllowed(text)),
}

export const webhookSettings = {
  webhookUrl: setting(url, {
    env: 'WEBHOOK_URL',
    flag: 'webhook-url',
    unit: 'URL',
    initial: '',
    doc: 'Receiver of all events of all projects, beside the webhooks that the API makes; needs WEBHOOK_SECRET. Equal in every process',
  }),
  webhookSecret: setting(secret, {
    env: 'WEBHOOK_SECRET',
    flag: 'webhook-secret',
    unit: 'secret',
    initial: '',
    doc: `Secret that its messages are signed with: ${SECRET_RULE}`,
    isSecret: true,
  }),
  webhookAllow: setting(allowed, {
    env: 'WEBHOOK_ALLOW',
    flag: 'webhook-allow',
    unit: 'hosts',
    initial: '',
    doc: 'Receivers in the own network that webhooks may lead to: addresses, networks (10.0.0.0/8), host names',
  }),
}
