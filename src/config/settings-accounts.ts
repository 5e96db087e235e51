// The settings of accounts: who may make one, and whose tokens are accepted besides.

import { REGISTRATIONS } from '../core/auth/account.ts'
import { keyUrl, matching, oneOf } from './parsers.ts'
import { setting } from './setting.ts'

export const accountSettings = {
  registration: setting(oneOf(REGISTRATIONS), {
    env: 'REGISTRATION',
    flag: 'registration',
    unit: 'mode',
    initial: 'closed',
    doc: 'Who may make an account: open (everybody), invite (with a code of `tintype user invite`) or closed',
  }),
  jwksUrl: setting(keyUrl, {
    env: 'JWKS_URL',
    flag: 'jwks-url',
    unit: 'URL',
    initial: '',
    doc: 'Keys of an identity provider whose access tokens are accepted; needs JWKS_ISSUER and JWKS_AUDIENCE',
  }),
  jwksIssuer: setting(matching(/^.{0,1000}$/, 'the issuer as its tokens say it'), {
    env: 'JWKS_ISSUER',
    flag: 'jwks-issuer',
    unit: 'issuer',
    initial: '',
    doc: 'Issuer (`iss`) of those tokens',
  }),
  jwksAudience: setting(matching(/^.{0,1000}$/, 'the audience as tokens for this server say it'), {
    env: 'JWKS_AUDIENCE',
    flag: 'jwks-audience',
    unit: 'audience',
    initial: '',
    doc: 'Audience (`aud`) of those of them that are meant for this server',
  }),
}

interface IssuerTexts {
  jwksUrl: string
  jwksIssuer: string
  jwksAudience: string
}

/** One line for each of the three that is missing where another one is there: tokens are checked by all of them. */
export const issuerMistakes = ({ jwksUrl, jwksIssuer, jwksAudience }: IssuerTexts): string[] => {
  const texts = { JWKS_URL: jwksUrl, JWKS_ISSUER: jwksIssuer, JWKS_AUDIENCE: jwksAudience }
  const set = Object.entries(texts).flatMap(([name, text]) => (text === '' ? [] : name))
  if (set.length === 0) return []
  return Object.entries(texts).flatMap(([name, text]) =>
    text === '' ? `${name}: expected a value, because ${set.join(' and ')} is set, got nothing` : [],
  )
}
